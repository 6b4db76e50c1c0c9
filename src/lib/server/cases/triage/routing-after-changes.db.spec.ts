import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { statusFromTimeline, caseStateOf } from '#lib/dev/testing/casework/invariants.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { caseIn, lastEntry, readCase, story, act, seenByReporter } from '#lib/dev/testing/office.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';
import { assignCase } from '../handling/assign.ts';
import { handOverCase } from '../handling/hand-over.ts';
import { createRule } from './routing-rules.ts';
import { splitCase } from '../handling/split.ts';
import { verifyCase } from '../handling/verify.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

let admin: Actor;
beforeEach(async () => {
	admin = await makeActor([[office.unit.id, 'admin']]);
});

const rule = (changes: Record<string, unknown> = {}) =>
	createRule(admin, office.unit.id, { name: 'Antrean', active: 'on', assign: 'workload', ...changes });
const opened = async (changes: Record<string, unknown> = {}) =>
	readCase((await makeCase(office.unit, changes)).reference);

test('a rule for a category is applied in the commit that verifies a report with that category', async () => {
	await rule({ name: 'Sarana', category: 'facilities', priority: 'high' });
	const verify = async (reference: string, changes: Record<string, unknown> = {}) => {
		const input = { category: 'facilities', class: 'plain', priority: 'normal', ...changes };
		const given = await act(verifyCase, office.supervisor, reference, input);
		expect(given.version).toBe((await readCase(reference)).version);
		return given;
	};
	const row = await opened();
	expect(row.assigneeId).toBeNull();
	expect(await verify(row.reference)).toMatchObject({
		assigneeId: office.handler.accountId,
		priority: 'high',
		status: 'in_progress'
	});
	expect(await story(row.reference)).toEqual(['opened', 'verified', 'assigned']);
	const entry = await lastEntry(row.reference, 'assigned');
	expect(entry).toMatchObject({ actorKind: 'system', public: true, data: { rule: 'Sarana', priority: 'high' } });
	expect(statusFromTimeline((await caseStateOf(row.id)).entries)).toBe('in_progress');
	const told = await seenByReporter(row.reference);
	expect(told.entries.at(-1)).toMatchObject({ type: 'assigned', data: {} });
	expect(JSON.stringify(told)).not.toContain('Sarana');

	// A priority changed in that form stays. An assignee chosen by a person stays too, without a second entry.
	expect(await verify((await opened()).reference, { priority: 'low' })).toMatchObject({
		assigneeId: office.handler.accountId,
		priority: 'low'
	});
	const chosen = await opened();
	const given = { assignee: office.supervisor.accountId };
	await act(assignCase, office.supervisor, chosen.reference, given);
	expect(await verify(chosen.reference)).toMatchObject({
		assigneeId: office.supervisor.accountId,
		priority: 'normal',
		status: 'verified'
	});
	expect(await story((await opened()).reference)).toEqual(['opened']);
	expect((await verify((await opened()).reference, { category: 'time' })).status).toBe('verified');
});

test('a rule that only sets a priority does not change the status', async () => {
	await rule({ category: 'facilities', assign: 'nobody', priority: 'high' });
	const { reference, id } = await opened();
	await act(verifyCase, office.handler, reference, { category: 'facilities', class: 'plain' });
	expect(await readCase(reference)).toMatchObject({ assigneeId: null, priority: 'high', status: 'verified' });
	expect(await lastEntry(reference, 'assigned')).toMatchObject({ public: false });
	expect(statusFromTimeline((await caseStateOf(id)).entries)).toBe('verified');
});

test('a report that is verified as integrity is assigned to a supervisor of the unit above', async () => {
	await rule();
	const { reference } = await opened({ category: 'time' });
	expect((await readCase(reference)).assigneeId).toBe(office.handler.accountId);
	await act(verifyCase, office.supervisor, reference, { category: 'integrity', class: 'plain' });
	expect((await readCase(reference)).assigneeId).toBe(office.rootSupervisor.accountId);
});

test('after a hand-over the rules of the new office are applied', async () => {
	const there = await makeUnit({ parent: office.root });
	const taker = await makeActor([[there.id, 'handler']]);
	const keeper = await makeActor([[there.id, 'admin']]);
	const handOver = async (reference: string) => {
		const input = { unit: there.code, reason: 'Ini tentang kantor sebelah.' };
		await act(handOverCase, office.handler, reference, input);
		return readCase(reference);
	};
	await createRule(keeper, there.id, { name: 'Di sana', active: 'on', assign: 'workload', priority: 'low' });
	const row = await opened();
	expect(await handOver(row.reference)).toMatchObject({ assigneeId: taker.accountId, priority: 'low' });
	expect(await story(row.reference)).toEqual(['opened', 'moved', 'assigned']);
	// A priority set at verification also stays in the other office.
	const { reference } = await opened();
	const urgent = { category: 'time', class: 'plain', priority: 'high' };
	await act(verifyCase, office.handler, reference, urgent);
	expect(await handOver(reference)).toMatchObject({
		assigneeId: taker.accountId,
		priority: 'high',
		status: 'in_progress'
	});
});

test('a report that is split off is routed like a new report', async () => {
	await rule({ name: 'Saran', kind: 'suggestion' });
	const row = await opened();
	const matter = {
		kind: 'suggestion',
		body: 'Sebaiknya ada kursi tambahan di ruang tunggu.',
		submission_id: crypto.randomUUID()
	};
	const part = await act(splitCase, office.handler, row.reference, matter);
	expect(await readCase(part)).toMatchObject({ assigneeId: office.handler.accountId, status: 'received' });
	expect(await story(part)).toEqual(['opened', 'assigned']);
	expect((await readCase(row.reference)).assigneeId).toBeNull();
});

test('a report without an assignee that its reporter completes is assigned by a rule', async () => {
	const { id, reference } = await caseIn(office, 'archived');
	await db().update(cases).set({ archiveReason: 'incomplete', assigneeId: null }).where(eq(cases.id, id));
	await rule();
	await writeToOffice(id, { body: 'Kejadiannya tanggal 20 di meja pengaduan.' });
	expect(await readCase(reference)).toMatchObject({ assigneeId: office.handler.accountId });
	expect((await story(reference)).slice(-3)).toEqual(['info_given', 'reopened', 'assigned']);
});
