import { setTimeout as wait } from 'node:timers/promises';
import { callApi } from '../site/client.ts';

type ApiAnswer = Awaited<ReturnType<typeof callApi>>;

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
			const answer = await callApi(origin ?? '', path, {
				token,
				body,
				signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)])
			});
			return answer.status >= 500 ? undefined : answer;
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
