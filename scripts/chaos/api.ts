import { setTimeout as wait } from 'node:timers/promises';
import { callApi } from '../site/client.ts';
import { UNIT } from '../site/start.ts';

type ApiAnswer = Awaited<ReturnType<typeof callApi>>;

/** A call of the site's API. If a crash interrupts it, it is sent again to the other site. */
export type Api = (path: string, body?: unknown) => Promise<ApiAnswer>;

const CALL_MS = 20_000;
const AT_ONCE = 6;

/** An API client that calls the sites in turn. A call throws once `signal` is aborted. */
export function apiOf(origins: readonly string[], token: string, signal: AbortSignal): Api {
	let turn = 0;
	const once = async (path: string, body: unknown): Promise<ApiAnswer | undefined> => {
		const origin = origins[turn++ % origins.length] ?? '';
		try {
			const either = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
			const response = await callApi(origin, path, { token, body, signal: either });
			return response.status >= 500 ? undefined : response;
		} catch (error) {
			signal.throwIfAborted();
			// The connection or the response broke off, because a site was killed.
			if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return undefined;
			throw error;
		}
	};
	return async (path, body) => {
		for (;;) {
			const response = await once(path, body);
			if (response) return response;
			await wait(100, undefined, { signal });
		}
	};
}

/** Opens a complaint, the `n`-th of a run. @returns its number */
export async function openReport(api: Api, n: number): Promise<string> {
	const opened = await api('/cases', {
		unit: UNIT,
		kind: 'complaint',
		body: `Laporan uji nomor ${n}: antrean di loket tidak bergerak selama satu jam.`,
		identity: 'none',
		submission_id: crypto.randomUUID()
	});
	expectStatus(opened, [200, 201]);
	return String(opened.body.reference);
}

/**
 * Opens, verifies and forwards cases by the API, like another system of an office, until every forward is acknowledged.
 * A call whose response got lost in a crash is repeated, and the site then responds that it was done.
 *
 * @returns the references of the cases whose forward the site has acknowledged
 */
export async function makeForwards(api: Api, forwards: number): Promise<string[]> {
	const acknowledged: string[] = [];
	let next = 0;
	const worker = async () => {
		while (next < forwards) {
			next += 1;
			acknowledged.push(await forwardOne(api, next));
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return acknowledged;
}

async function forwardOne(api: Api, n: number): Promise<string> {
	const reference = await openReport(api, n);
	const classified = { category: 'time', class: 'plain', priority: 'normal', version: 1 };
	expectStatus(await api(`/cases/${reference}/verification`, classified), [200, 409]);
	const forward = { purpose: 'record', reason: 'Perlu dicatat di SP4N-LAPOR!', version: 2 };
	// 409: the first attempt was stored but its response was lost.
	expectStatus(await api(`/cases/${reference}/escalations`, forward), [200, 409]);
	return reference;
}

function expectStatus({ status, body }: ApiAnswer, expected: readonly number[]): void {
	if (!expected.includes(status)) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
}
