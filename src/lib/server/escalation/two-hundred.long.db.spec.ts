import { randomUUID } from 'node:crypto';
import { asc, eq, inArray } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { deliver } from './delivery/deliver.ts';
import { escalateCase } from './forward/forward.ts';
import { receive } from './tracking/receive.ts';
import { resolveEscalation } from './delivery/resolve.ts';
import { sweepEscalations } from './delivery/sweep.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeOffice, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const HOUR = 3_600_000;
const FAULTS = {
	seed: 20261201,
	faults: [
		{ kind: 'drop_after_store', probability: 0.12, match: { endpoint: 'create' } },
		{ kind: 'reset', probability: 0.1, match: { endpoint: 'create' } },
		{ kind: '500_before', probability: 0.08, match: { endpoint: 'create' } },
		{ kind: '500_after', probability: 0.08, match: { endpoint: 'create' } },
		{ kind: '429', probability: 0.05, match: { endpoint: 'create' } }
	]
};

/** Verified cases, copies of one, each forwarded by its handler. */
async function forwards(length: number) {
	const office = await makeOffice();
	const model = await verifiedCase(office);
	const copies = Array.from({ length }, (_, n) => ({
		...model,
		id: undefined,
		reference: `${model.reference.slice(0, -6)}${String(n + 100_000)}`,
		submissionHash: randomUUID(),
		receiptHash: randomUUID()
	}));
	await db().insert(cases).values(copies);
	const ids: string[] = [];
	for (const { reference, version } of copies) {
		const input = { purpose: 'record', reason: 'Perlu dicatat di SP4N-LAPOR!', version };
		ids.push((await escalateCase(office.actor, reference, input)).id);
	}
	return { actor: office.actor, ids };
}

const rowsOf = (ids: readonly string[]) =>
	db()
		.select()
		.from(escalations)
		.where(inArray(escalations.id, [...ids]))
		.orderBy(asc(escalations.reference));

/** Two workers of four hands each, which both want every row. */
async function work(ids: readonly string[], step: (id: string) => Promise<void>) {
	const worker = async (order: readonly string[]) => {
		const left = [...order];
		const hand = async () => {
			for (let id = left.shift(); id; id = left.shift()) await step(id);
		};
		await Promise.all([hand(), hand(), hand(), hand()]);
	};
	await Promise.all([worker(ids), worker(ids)]);
}

/** Rounds an hour apart, as the sweep would make them, until nothing is left that goes by itself. */
async function untilSettled(ids: readonly string[], step: (id: string) => Promise<void>, from = 0) {
	let round = from;
	for (; round < from + 20; round += 1) {
		const states = new Set((await rowsOf(ids)).map((row) => row.state));
		if (!['waiting', 'sending', 'stuck'].some((state) => states.has(state as 'waiting'))) break;
		await withClock(
			() => new Date(Date.now() + round * HOUR),
			async () => {
				await sweepEscalations();
				await work(ids, step);
			}
		);
	}
	return round;
}

async function storedByTag() {
	const reports = await lapor.reports();
	const count = new Map<string, number[]>();
	for (const { id, payload } of reports) {
		const tag = String(payload.tags_raw);
		count.set(tag, [...(count.get(tag) ?? []), id]);
	}
	return count;
}
const tagOf = (reference: string) => `#${reference.replace(/[-.]/g, '')}`;

describe('two hundred forwards while answers get lost', () => {
	it('none is lost and none is stored twice; a person decides what is unknown, and then all are there once', async () => {
		const { actor, ids } = await forwards(200);
		await lapor.faults(FAULTS);
		const rounds = await untilSettled(ids, deliver);
		const stored = await storedByTag();
		const rows = await rowsOf(ids);
		expect(rows).toHaveLength(200);
		for (const row of rows) {
			const there = stored.get(tagOf(row.reference)) ?? [];
			expect(there.length).toBeLessThanOrEqual(1);
			if (row.state === 'sent') expect(there).toEqual([Number(row.laporId)]);
			else expect(row).toMatchObject({ state: 'unknown', reasonCode: expect.any(String) });
		}
		const unknown = rows.filter((row) => row.state === 'unknown');
		expect(unknown.length).toBeGreaterThan(30);
		expect(unknown.some((row) => stored.has(tagOf(row.reference)))).toBe(true);
		expect(unknown.some((row) => !stored.has(tagOf(row.reference)))).toBe(true);

		await lapor.faults();
		for (const row of unknown) {
			const [there] = stored.get(tagOf(row.reference)) ?? [];
			const decision = there ? { outcome: 'found', lapor_id: String(there) } : { outcome: 'absent' };
			await resolveEscalation(actor, row.id, { ...decision, reason: 'Dicari di kotak masuk SP4N-LAPOR!' });
		}
		await untilSettled(ids, deliver, rounds + 1);
		const after = await storedByTag();
		for (const row of await rowsOf(ids))
			expect({ state: row.state, there: after.get(tagOf(row.reference)) }).toEqual({
				state: 'sent',
				there: [Number(row.laporId)]
			});
	});

	it('where LAPOR can be asked by our reference nobody has to decide, and none is stored twice', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		await lapor.post('/_reset', {});
		const { ids } = await forwards(100);
		await lapor.faults(FAULTS);
		let rounds = 0;
		for (let turn = 0; turn < 12; turn += 1) {
			rounds = (await untilSettled(ids, deliver, rounds)) + 1;
			const unknown = (await rowsOf(ids)).filter((row) => row.state === 'unknown').map((row) => row.id);
			if (unknown.length === 0) break;
			await withClock(
				() => new Date(Date.now() + rounds * HOUR),
				() => work(unknown, receive)
			);
		}
		const stored = await storedByTag();
		for (const row of await rowsOf(ids))
			expect({ state: row.state, there: stored.get(tagOf(row.reference)) }).toEqual({
				state: 'sent',
				there: [Number(row.laporId)]
			});
		const [one] = await db()
			.select()
			.from(cases)
			.where(eq(cases.id, (await rowsOf(ids))[0]?.caseId ?? 0));
		expect(one?.escalationState).toBe('sent');
	});
});
