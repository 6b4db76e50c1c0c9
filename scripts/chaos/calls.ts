import { setTimeout as wait } from 'node:timers/promises';

export interface ApiAnswer {
	status: number;
	body: Record<string, unknown>;
}

/** Calls of the site's API that outlive a crash: what broke off or failed is sent again, to the other site. */
export interface Api {
	call(path: string, body?: unknown): Promise<ApiAnswer>;
}

const CALL_MS = 20_000;

/** @throws where `signal` is aborted */
export function apiOf(origins: readonly string[], token: string, signal: AbortSignal): Api {
	let turn = 0;
	const once = async (path: string, body: unknown): Promise<ApiAnswer | undefined> => {
		const origin = origins[turn++ % origins.length];
		try {
			const answer = await fetch(`${origin}/api/v1${path}`, {
				method: body === undefined ? 'GET' : 'POST',
				headers: {
					authorization: `Bearer ${token}`,
					...(body === undefined ? {} : { 'content-type': 'application/json' })
				},
				body: body === undefined ? null : JSON.stringify(body),
				signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)])
			});
			const read = (await answer.json()) as Record<string, unknown>;
			return answer.status >= 500 ? undefined : { status: answer.status, body: read };
		} catch (error) {
			signal.throwIfAborted();
			// The connection broke, nobody listens, or the answer broke off: somebody was killed.
			if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return undefined;
			throw error;
		}
	};
	return {
		call: async (path, body) => {
			for (;;) {
				const answer = await once(path, body);
				if (answer) return answer;
				await wait(100, undefined, { signal });
			}
		}
	};
}
