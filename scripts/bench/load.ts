import autocannon from 'autocannon';

/** A request that is sent repeatedly. */
export interface Call {
	url: string;
	headers?: Record<string, string>;
	/** Makes the body of each request. Without it the request is a GET. */
	body?: () => string;
	/** Status of a success. */
	expected: number;
}

const CONNECTIONS = 16;

/** Sends a call over 16 connections. @returns responses per second, and how many requests failed */
export async function load(call: Call, seconds: number): Promise<{ rate: number; errors: number }> {
	const { origin, pathname, search } = new URL(call.url);
	const { body } = call;
	let refused = 0;
	const result = await autocannon({
		url: origin,
		connections: CONNECTIONS,
		duration: seconds,
		requests: [
			{
				method: body ? 'POST' : 'GET',
				path: pathname + search,
				// Compressed, as browsers request it.
				headers: { 'accept-encoding': 'gzip', ...call.headers },
				...(body ? { setupRequest: (request) => ({ ...request, body: body() }) } : {}),
				onResponse: (status) => {
					if (status !== call.expected) refused += 1;
				}
			}
		]
	});
	return { rate: result.requests.total / result.duration, errors: refused + result.errors };
}
