import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { CASE_STATUSES } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { idOf, makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { markAbsent, switchOff } from '#lib/dev/testing/notices.ts';
import { ANSWER, atTime, bringTo, caseIn, act, nameOfficer, readCase } from '#lib/dev/testing/office.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { answerCase } from '../answers/answer.ts';
import { askReporter } from '../conversation/message.ts';
import { inboxCounts } from './counts.ts';
import { verifyCase } from '../handling/verify.ts';
import { deskUnits, handlersToFilter } from './desk-units.ts';
import { choiceReader, type InboxFilter } from './filter.ts';
import { inbox } from './inbox.ts';
import { inboxCursorOf } from './order.ts';
import { workAfter, workAfterVerification } from './next-work.ts';
import { deskCase } from '../view.ts';
import { submitObjection } from '../conversation/objection.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const found = async (filter: InboxFilter) => (await inbox(office.handler, filter)).items.map((item) => item.reference);

test('lists the most urgent cases first, of equal ones the oldest, then the newest without a deadline, both ways', async () => {
	const references: string[] = [];
	// Three cases a day have the same due time. Page one ends within such a day.
	for (let day = 1; day <= 11; day++) {
		const moment = `2026-10-${String(day).padStart(2, '0')}T02:00:00Z`;
		for (let nth = day === 1 ? 2 : 1; nth <= 3; nth++) {
			references.push((await atTime(moment, () => makeCase(office.unit))).reference);
		}
	}
	const closed = await caseIn(office, 'closed', { kind: 'suggestion' });
	const closedLater = await caseIn(office, 'closed', { kind: 'suggestion' });
	const first = await inbox(office.handler, {});
	expect(first.items).toHaveLength(30);
	expect(first.previousCursor).toBeNull();
	const second = await inbox(office.handler, {}, first.nextCursor ?? '');
	expect(second.nextCursor).toBeNull();
	const all = [...first.items, ...second.items];
	const inOrder = [...references, closedLater.reference, closed.reference];
	expect(all.map((item) => item.reference)).toEqual(inOrder);
	expect(await workAfter(office.handler)).toEqual(references);
	const back = await inbox(office.handler, {}, second.previousCursor ?? '', 'newer');
	expect(back.items).toEqual(first.items);
	expect(back.previousCursor).toBeNull();
	expect(back.nextCursor).toBe(first.nextCursor);
	const last = all.at(-1)!;
	const beforeLast = await inbox(office.handler, {}, inboxCursorOf(last), 'newer');
	expect(beforeLast.items.map((item) => item.reference)).toEqual(inOrder.slice(-31, -1));
	const afterFirst = await inbox(office.handler, {}, inboxCursorOf(all.at(-2)!));
	expect(afterFirst.items).toEqual([last]);
});

test('an unusual report has its mark until it is verified, also while a question to the reporter is open', async () => {
	const marks = async (reference: string) => {
		const { items } = await inbox(office.handler, {});
		const item = items.find((one) => one.reference === reference);
		return [item?.flagged, (await deskCase(office.handler, reference)).flagged];
	};
	const { reference } = await caseIn(office, 'received');
	expect(await marks(reference)).toEqual([false, false]);
	await db().update(cases).set({ flagged: true }).where(eq(cases.reference, reference));
	expect(await marks(reference)).toEqual([true, true]);
	await act(askReporter, office.handler, reference, { body: 'Kapan kejadiannya?' });
	expect(await marks(reference)).toEqual([true, true]);
	const verified = await caseIn(office, 'verified');
	await db().update(cases).set({ flagged: true }).where(eq(cases.reference, verified.reference));
	await act(askReporter, office.handler, verified.reference, { body: 'Kapan kejadiannya?' });
	expect(await marks(verified.reference)).toEqual([false, false]);
});

test('names the first reply if it is due together with the solution', async () => {
	const { id } = await caseIn(office, 'received', { kind: 'information_request' });
	// Stored again behind the other deadlines, because the database returns equal rows in any order.
	const firstReply = and(eq(clocks.caseId, id), eq(clocks.name, 'first_reply'));
	const stored = await db().delete(clocks).where(firstReply).returning();
	await db().insert(clocks).values(stored);
	await db().update(cases).set({ dueAt: stored[0]?.dueAt }).where(eq(cases.id, id));
	const { items } = await inbox(office.handler, {});
	expect(items[0]?.due.clock).toBe('first_reply');
});

test('an invalid cursor shows the first page', async () => {
	const { reference } = await makeCase(office.unit);
	for (const cursor of ['', 'nonsense', '2026-13-01~1', '-~x', "'~1"]) {
		expect((await inbox(office.handler, {}, cursor)).items.map((item) => item.reference)).toEqual([reference]);
	}
});

test('each filter lists only matching cases', async () => {
	const complaint = await caseIn(office, 'received');
	const suggestion = await caseIn(office, 'in_progress', { kind: 'suggestion' });
	const drafted = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, drafted.reference, { body: ANSWER });
	const objected = await caseIn(office, 'archived', { kind: 'information_request' });
	await submitObjection(objected.id, { body: 'Saya keberatan atas ini.' });

	expect(await found({ status: ['received'] })).toEqual([complaint.reference]);
	expect(await found({ kind: 'suggestion' })).toEqual([suggestion.reference]);
	expect(await found({ unassigned: true })).toEqual([complaint.reference]);
	expect(new Set(await found({ mine: true }))).toEqual(new Set([suggestion.reference, drafted.reference]));
	expect(await found({ approval: true })).toEqual([drafted.reference]);
	expect(await found({ objection: true })).toEqual([objected.reference]);
	expect(await found({ unitIds: [office.root.id] })).toEqual([]);
	// Work of one's own or of nobody that does not wait for somebody else.
	expect(await workAfter(office.handler)).toEqual([complaint.reference, suggestion.reference]);
	expect(await workAfter(office.handler, complaint.reference)).toEqual([suggestion.reference]);
	expect(await workAfter(office.supervisor)).toEqual([complaint.reference]);
	// By facts, as the form of the inbox asks for them.
	const byForm = async (query: string) =>
		found((await choiceReader(office.handler))(readInboxChoice(new URLSearchParams(query))));
	const [officer] = await makeOfficerWithAccount(office.unit.id);
	await nameOfficer(office.handler, drafted.reference, officer);
	expect(await inboxCounts(office.handler)).toMatchObject({ open: 3, unverified: 1 });
	await act(verifyCase, office.handler, complaint.reference, { category: 'cost', class: 'plain', priority: 'high' });
	expect(await byForm('category=cost')).toEqual([complaint.reference]);
	expect(await byForm('priority=high')).toEqual([complaint.reference]);
	expect(await byForm(`handler=${idOf(office.handler)}&kind=suggestion&from=2026-01-01`)).toEqual([
		suggestion.reference
	]);
	expect(await byForm('named=1')).toEqual([drafted.reference]);
	expect(await byForm('lapor=1&status=all')).toEqual([]);
	expect(await byForm('to=2020-01-01&channel=web')).toEqual([]);
	expect(await inboxCounts(office.handler)).toEqual({
		open: 3,
		mine: 2,
		unassigned: 1,
		unverified: 0,
		overdue: 0,
		soon: 0,
		approval: 1,
		objection: 1
	});
});

test('the filter by handler has people who left, as long as reports name them', async () => {
	const { unit } = office;
	const [left, unused] = [await makeActor([[unit.id, 'handler']]), await makeActor([[unit.id, 'handler']])];
	const { reference } = await caseIn(office, 'closed');
	const offered = async () =>
		(await handlersToFilter(office.handler, await deskUnits(office.handler))).map(({ id }) => id);
	const staff = [office.handler, office.supervisor, office.rootSupervisor].map(idOf);
	expect((await offered()).sort()).toEqual([...staff, idOf(left), idOf(unused)].sort());
	await db()
		.update(cases)
		.set({ assigneeId: idOf(left) })
		.where(eq(cases.reference, reference));
	for (const actor of [left, unused]) await switchOff(actor);
	expect((await offered()).sort()).toEqual([...staff, idOf(left)].sort());
});

test('a forward hides no report from the work that comes next', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	const reason = 'Dicatat sebagai laporan.';
	await act(escalateCase, office.handler, reference, { purpose: 'record', reason });
	expect((await readCase(reference)).escalationState).toBe('waiting');
	expect(await workAfter(office.handler)).toEqual([reference]);
});

test('a deputy goes on with the work of the absent person too', async () => {
	const deputy = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await caseIn(office, 'in_progress');
	expect(await workAfter(deputy)).toEqual([]);
	await markAbsent(office.handler, deputy);
	expect(await workAfter(deputy)).toEqual([reference]);
});

test('the form of the inbox filters by the day of arrival, and a figure by the day of entry', async () => {
	const write = () =>
		makeCase(
			office.unit,
			{ channel: 'box', received_at: '2026-11-03T04:00:00Z' },
			{ by: 'staff', actor: office.handler }
		);
	const { reference } = await atTime('2026-11-10T04:00:00Z', write);
	const days = async (query: string) =>
		found((await choiceReader(office.handler))(readInboxChoice(new URLSearchParams(query))));
	expect(await days('from=2026-11-01&to=2026-11-05')).toEqual([reference]);
	expect(await days('from=2026-11-08&to=2026-11-12')).toEqual([]);
	expect(await days('by=received&from=2026-11-08&to=2026-11-12')).toEqual([reference]);
});

test('after a verification, unverified reports come first, and only they are counted', async () => {
	const urgent = await atTime('2026-10-01T02:00:00Z', () => caseIn(office, 'in_progress'));
	const unverified = await atTime('2026-10-20T02:00:00Z', () => caseIn(office, 'received'));
	expect(await workAfter(office.handler)).toEqual([urgent.reference, unverified.reference]);
	const after = (handled: string) => workAfterVerification(office.handler, handled);
	expect(await after(urgent.reference)).toEqual({ work: [unverified.reference], toVerify: true });
	expect(await after(unverified.reference)).toEqual({ work: [urgent.reference], toVerify: false });
});

test('a row shows the next deadline, its state, and the working days overdue', async () => {
	const { reference } = await atTime('2026-11-24T02:00:00Z', () => makeCase(office.unit));
	const row = async (moment: string) => (await atTime(moment, () => inbox(office.handler, {}))).items[0]?.due;
	expect(await row('2026-11-24T03:00:00Z')).toEqual({ clock: 'verification', state: 'later', lateDays: 0 });
	// The warning is on the day of the deadline. The office's 26 November, the day before, begins at 16:00 UTC.
	expect(await row('2026-11-25T15:59:00Z')).toMatchObject({ state: 'later' });
	expect(await atTime('2026-11-25T15:59:00Z', () => inboxCounts(office.handler))).toMatchObject({ soon: 0 });
	expect(await row('2026-11-25T16:00:00Z')).toMatchObject({ state: 'soon' });
	expect(await atTime('2026-11-25T16:00:00Z', () => inboxCounts(office.handler))).toMatchObject({ soon: 1 });
	expect(await row('2026-11-30T02:00:00Z')).toMatchObject({ state: 'overdue', lateDays: 1 });
	await atTime('2026-11-25T02:00:00Z', () => bringTo(office, reference, 'in_progress'));
	expect(await row('2026-11-25T03:00:00Z')).toMatchObject({ clock: 'first_reply', state: 'later' });
	const late = await atTime('2026-12-02T02:00:00Z', () => inbox(office.handler, { due: 'overdue' }));
	expect(late.items.map((item) => item.reference)).toEqual([reference]);
	expect(await atTime('2026-12-01T02:00:00Z', () => inboxCounts(office.handler))).toMatchObject({
		overdue: 0,
		soon: 1
	});
	expect(await atTime('2026-12-02T02:00:00Z', () => inboxCounts(office.handler))).toMatchObject({
		overdue: 1,
		soon: 0
	});
});

test('a row shows for every status whether its deadline is due, paused or none', async () => {
	const stateByStatus: Record<string, string> = {};
	for (const status of CASE_STATUSES) {
		const { reference } = await caseIn(office, status, { kind: 'suggestion' });
		const { items } = await inbox(office.handler, { q: reference });
		stateByStatus[status] = items.find((item) => item.reference === reference)?.due.state ?? '';
	}
	expect(stateByStatus).toEqual({
		received: 'later',
		verified: 'later',
		in_progress: 'later',
		needs_info: 'paused',
		answered: 'none',
		closed: 'none',
		archived: 'none'
	});
});
