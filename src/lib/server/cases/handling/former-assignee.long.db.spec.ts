import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { idOf, makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { noticesTo } from '#lib/dev/testing/notices.ts';
import { act, atTime, caseIn, entriesOf, lastEntry, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { dueNotices } from '#lib/server/db/schema/notices.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { sweepAccessChanges } from '#lib/server/staff-notices/access-changes.ts';
import { notifyOfEvents } from '#lib/server/staff-notices/notify-of-events.ts';
import { notifyOfLeftCases } from '#lib/server/staff-notices/new-cases.ts';
import { revokeRole } from '#lib/server/people/grant-roles.ts';
import { askReporter } from '../conversation/message.ts';
import { submitObjection } from '../conversation/objection.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';
import { lockCase, type CaseRow } from '../find.ts';
import { inboxCounts } from '../inbox/counts.ts';
import { inbox } from '../inbox/inbox.ts';
import { workAfter } from '../inbox/next-work.ts';
import { changeNamedOfficers } from '../officers/officers-of-case.ts';
import { createRule } from '../triage/routing-rules.ts';
import { deskCase } from '../view.ts';
import { handOverAccount } from './account-handover.ts';
import { archiveCase, reopenCase } from './archive.ts';
import { assignCase } from './assign.ts';
import { assignPicked, previewBulk } from './bulk.ts';
import { returnToOffice } from './transfer.ts';

const office = useOffice();
let [admin, colleague] = [] as unknown as [Actor, Actor];
beforeEach(async () => {
	admin = await makeActor([[office.unit.id, 'admin']]);
	await makeActor([[office.root.id, 'admin']]);
	colleague = await makeActor([[office.unit.id, 'handler']]);
});

const answered = () => caseIn(office, 'answered');
/** A suggestion that needs no second person, archived by its handler. */
const archived = async () => {
	const { reference } = await caseIn(office, 'in_progress', { kind: 'suggestion' });
	await act(askReporter, office.handler, reference, { body: 'Tanggal berapa?' });
	return act(archiveCase, office.handler, reference, { reason: 'incomplete', note: 'Tidak ada jawaban.' });
};
/** As transferred to another agency, which then refused it. */
const transferred = async () => {
	const { id, reference } = await answered();
	await db().update(cases).set({ transferredTo: 'Instansi lain' }).where(eq(cases.id, id));
	return readCase(reference);
};

const ways: Record<string, [settled: () => Promise<CaseRow>, reopen: (row: CaseRow) => Promise<unknown>]> = {
	'an objection': [answered, ({ id }) => submitObjection(id, { body: 'Loket masih lambat seperti dulu.' })],
	'a completion': [archived, ({ id }) => writeToOffice(id, { body: 'Tanggal dua Maret.' })],
	'a supervisor': [archived, ({ reference }) => act(reopenCase, office.supervisor, reference, { reason: 'Keliru.' })],
	'a refused transfer': [
		transferred,
		({ id }) => transaction(async (tx) => returnToOffice(tx, await lockCase(tx, id), 'lapor'))
	]
};

test.each(Object.entries(ways))(
	'a report reopened by %s loses an assignee who has left, and a handler may take it',
	async (_way, [settle, reopen]) => {
		const row = await settle();
		expect(row.assigneeId).toBe(idOf(office.handler));
		await handOverAccount(admin, idOf(office.handler), { successor: 'shared' });
		await reopen(row);
		expect((await readCase(row.reference)).assigneeId).toBeNull();
		const reopening = (await entriesOf(row.reference)).filter(({ data }) => data.unassigned === true);
		await notifyOfEvents(reopening);
		// Outside working hours the notice of a case without an assignee waits.
		const waiting = await db().$count(dueNotices, eq(dueNotices.caseId, row.id));
		expect(waiting + (await noticesTo(colleague)).length).toBeGreaterThan(0);
		expect(await workAfter(colleague)).toContain(row.reference);
		await act(assignCase, colleague, row.reference, { assignee: idOf(colleague) });
		expect((await readCase(row.reference)).assigneeId).toBe(idOf(colleague));
	}
);

test.each(Object.entries(ways))('a report reopened by %s keeps its handler', async (_way, [settle, reopen]) => {
	const row = await settle();
	await reopen(row);
	expect((await readCase(row.reference)).assigneeId).toBe(idOf(office.handler));
	const entries = await entriesOf(row.reference);
	expect(entries.some(({ data }) => 'unassigned' in data)).toBe(false);
	await notifyOfEvents(entries);
	const told = (await noticesTo(office.handler)).filter((kind) =>
		['reopened', 'disputed', 'info_given'].includes(kind)
	);
	expect(told).toHaveLength(1);
});

test('handlers are notified of a report without an assignee that is reopened', async () => {
	const { reference } = await caseIn(office, 'archived');
	expect((await readCase(reference)).assigneeId).toBeNull();
	await act(reopenCase, office.supervisor, reference, { reason: 'Keliru.' });
	const reopened = await lastEntry(reference, 'reopened');
	expect(reopened?.data).toMatchObject({ unassigned: true });
	await atTime('2026-11-26T02:00:00Z', () => notifyOfEvents(reopened ? [reopened] : []));
	expect(await noticesTo(colleague)).toEqual(['new_case']);
});

test('routing rules assign a report whose handler left before it was reopened', async () => {
	const row = await answered();
	await createRule(admin, office.unit.id, {
		name: 'Semua',
		active: true,
		assign: 'handler',
		handlerId: idOf(colleague)
	});
	await handOverAccount(admin, idOf(office.handler), { successor: 'shared' });
	await submitObjection(row.id, { body: 'Loket masih lambat seperti dulu.' });
	expect((await readCase(row.reference)).assigneeId).toBe(idOf(colleague));
	expect(await lastEntry(row.reference, 'assigned')).toMatchObject({ data: { rule: 'Semua' } });
});

test('a report whose assignee lost the role is listed as unassigned, and handlers are notified and may take it', async () => {
	const { unit, handler } = office;
	const references = await Promise.all([1, 2].map(async () => (await makeCase(unit)).reference));
	for (const reference of references) await act(assignCase, handler, reference, { assignee: idOf(handler) });
	const [one = '', two = ''] = references;
	const preview = async () => {
		const picks = await Promise.all(references.map(async (reference) => readCase(reference)));
		return (await previewBulk(colleague, 'assignment', picks)).rows.map(({ obstacle }) => obstacle);
	};
	expect((await deskCase(colleague, one)).may.assign).toBe(false);
	expect(await preview()).toEqual(['supervisor', 'supervisor']);
	await expect(act(assignCase, colleague, one, { assignee: idOf(colleague) })).rejects.toThrow(NotAllowed);

	await revokeRole(admin, idOf(handler), { unitId: unit.id, role: 'handler' });
	expect((await deskCase(colleague, one)).may.assign).toBe(true);
	expect(await preview()).toEqual([null, null]);
	expect(await inboxCounts(colleague)).toMatchObject({ open: 2, unassigned: 2, mine: 0 });
	const { items } = await inbox(colleague, { unassigned: true });
	expect(items.map(({ assignee }) => assignee)).toEqual([null, null]);
	expect(await workAfter(colleague)).toHaveLength(2);
	await atTime('2026-11-26T02:00:00Z', async () => {
		await sweepAccessChanges();
		await notifyOfLeftCases();
	});
	expect(await noticesTo(colleague)).toEqual(['new_case', 'new_case']);
	await act(assignCase, colleague, one, { assignee: idOf(colleague) });
	await assignPicked(colleague, [await readCase(two)], idOf(colleague));
	for (const reference of references) expect((await readCase(reference)).assigneeId).toBe(idOf(colleague));
});

test('a report that seems to name its assignee is listed as unassigned, until somebody decides about the name', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const { reference } = await makeCase(office.unit);
	const { id } = await act(assignCase, office.supervisor, reference, { assignee: idOf(named) });
	const unassigned = async () => (await inbox(colleague, { unassigned: true })).items.length;
	expect(await unassigned()).toBe(0);
	await writeToOffice(id, { body: `Petugasnya ${officer.name}.` });
	expect((await readCase(reference)).assigneeId).toBe(idOf(named));
	expect(await unassigned()).toBe(1);
	await act(changeNamedOfficers, colleague, reference, { officer: officer.id, action: 'clear' });
	expect(await unassigned()).toBe(0);
});
