import { randomUUID } from 'node:crypto';
import type { Api } from './calls.ts';

const AT_ONCE = 6;

/**
 * Opens, verifies and forwards cases by the API, as another system of an office would, until every one is acknowledged.
 * A call whose answer got lost in a crash is made again; the site then says that it was done.
 *
 * @returns the references of the cases whose forward the site has acknowledged
 */
export async function makeForwards(api: Api, unit: string, forwards: number): Promise<string[]> {
	const acknowledged: string[] = [];
	let next = 0;
	const hand = async () => {
		while (next < forwards) {
			next += 1;
			acknowledged.push(await forwardOne(api, unit, next));
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, hand));
	return acknowledged;
}

async function forwardOne(api: Api, unit: string, n: number): Promise<string> {
	const opened = await api.call('/cases', {
		unit,
		kind: 'complaint',
		body: `Laporan uji nomor ${n}: antrean di loket tidak bergerak selama satu jam.`,
		identity: 'none',
		submission_id: randomUUID()
	});
	const reference = String(opened.body.reference);
	expectStatus(opened, [200, 201]);
	const verified = await api.call(`/cases/${reference}/verification`, {
		category: 'time',
		class: 'plain',
		priority: 'normal',
		version: 1
	});
	expectStatus(verified, [200, 409]);
	const forwarded = await api.call(`/cases/${reference}/escalations`, {
		purpose: 'record',
		reason: 'Perlu dicatat di SP4N-LAPOR!',
		version: 2
	});
	// 409: the first try was stored and its answer lost; what stands is said in the answer.
	expectStatus(forwarded, [201, 409]);
	return reference;
}

function expectStatus({ status, body }: { status: number; body: unknown }, wanted: readonly number[]): void {
	if (!wanted.includes(status)) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
}
