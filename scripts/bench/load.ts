import autocannon from 'autocannon';
import { ratingForm } from '../site/client.ts';

const CONNECTIONS = 16;
const SECONDS = 4;

/** Requests per second of a page, compressed as a browser asks for it. Throws where an answer is not a success. */
export async function pagesPerSecond(url: string): Promise<number> {
	const result = await autocannon({
		url,
		connections: CONNECTIONS,
		duration: SECONDS,
		headers: { 'accept-encoding': 'gzip' }
	});
	if (result.non2xx > 0 || result.errors > 0)
		throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
	return result.requests.average;
}

/** Stored ratings per second by the citizen's own form, each with a submission id of its own. */
export async function ratingsPerSecond(origin: string, unit: string): Promise<number> {
	let refused = 0;
	const result = await autocannon({
		url: origin,
		connections: CONNECTIONS,
		duration: SECONDS,
		requests: [
			{
				method: 'POST',
				path: `/${unit}/nilai`,
				headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
				setupRequest: (request) => ({ ...request, body: ratingForm(unit).toString() }),
				onResponse: (status) => {
					if (status !== 303 && status !== 200) refused += 1;
				}
			}
		]
	});
	if (refused > 0 || result.errors > 0) throw new Error(`ratings: ${refused} refused, ${result.errors} errors`);
	return result.requests.average;
}

/** How often `work` ends per second with as many at once as the load has connections. */
export async function timesPerSecond(work: () => Promise<unknown>): Promise<number> {
	const until = performance.now() + SECONDS * 1000;
	let done = 0;
	const lane = async () => {
		while (performance.now() < until) {
			await work();
			done += 1;
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, lane));
	return done / SECONDS;
}
