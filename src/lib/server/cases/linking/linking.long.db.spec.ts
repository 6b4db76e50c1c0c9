import { and, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { CaseStatus } from '#lib/cases/vocabulary.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { approvals, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { makeActor, makeCase, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	approve,
	bringTo,
	caseIn,
	clockOf,
	lastEntry,
	readCase,
	story,
	act,
	rowsOfCase,
	seenByReporter
} from '#lib/dev/testing/office.ts';
import { whileRefusing } from '#lib/dev/testing/failing-updates.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { answerCase } from '../answers/answer.ts';
import { archiveCase } from '../handling/archive.ts';
import { caseForActor, type CaseRow } from '../find.ts';
import { linkCase, mainCandidate, unlinkCase, linksOf } from './link.ts';
import { sendMainAnswer } from './send-main-answer.ts';
import { revealReporter } from '../reveal-reporter.ts';
import { timelineOf } from '../timeline.ts';
import { verifyCase } from '../handling/verify.ts';

const office = useOffice();

const link = (row: { reference: string }, main: { reference: string }, by = office.handler) =>
	act(linkCase, by, row.reference, { main: main.reference });
/** Makes a report that is linked to a main case. */
async function linked(status: CaseStatus = 'in_progress', changes: Record<string, unknown> = {}) {
	const main = await caseIn(office, 'in_progress');
	const row = await caseIn(office, status, changes);
	await link(row, main);
	return { main, row };
}
const answerMain = async (main: CaseRow, body = ANSWER) => {
	await act(answerCase, office.handler, main.reference, { body });
	if ((await readCase(main.reference)).status === 'in_progress') await approve(office.supervisor, main.reference);
};
const answersOf = async (row: { id: number }) =>
	db()
		.select()
		.from(timeline)
		.where(and(eq(timeline.caseId, row.id), eq(timeline.type, 'answered')));
const problem = (code: string) => ({ name: 'Invalid', issues: [{ path: 'main', code }] });
const view = async (row: CaseRow, by = office.handler) =>
	linksOf(by, (await caseForActor(by, row.reference)).row, await timelineOf(row.id));

test('a linked report stays open and gets the answer of its main case once, on its own timeline', async () => {
	const main = await caseIn(office, 'in_progress');
	const first = await caseIn(office, 'in_progress');
	const second = await caseIn(office, 'verified');
	await link(first, main);
	await link(second, main);
	expect((await readCase(first.reference)).status).toBe('in_progress');
	expect(await story(first.reference)).toContain('linked');
	expect((await lastEntry(main.reference, 'linked'))?.data).toMatchObject({ action: 'gained', case: second.id });

	await answerMain(main);
	for (const { reference, id } of [first, second]) {
		expect((await readCase(reference)).status).toBe('answered');
		expect(await answersOf({ id })).toHaveLength(1);
		expect((await clockOf(reference, 'solution'))?.state).toBe('met');
		expect((await clockOf(reference, 'first_reply'))?.state).toBe('met');
		expect((await clockOf(reference, 'decision_by_law'))?.state).toBe('met');
		expect((await clockOf(reference, 'reporter_turn'))?.state).toBe('running');
		const [message] = await rowsOfCase(messages, reference);
		expect(message).toMatchObject({ body: ANSWER, accountId: office.handler.accountId });
		// The approval of the main case's answer is copied to the report.
		const [signature] = await rowsOfCase(approvals, reference);
		expect(signature).toMatchObject({ state: 'approved', decidedBy: office.supervisor.accountId });
		const jobs = await rowsOf<{ n: number }>(
			db(),
			sql`select count(*)::int as n from pgboss.job where name = 'case-event' and (data ->> 'caseId')::int = ${id}
				and (data ->> 'seq')::int = ${(await answersOf({ id }))[0]?.seq ?? 0}`
		);
		expect(jobs[0]?.n).toBe(1);
	}
});

test('tracking pages do not show linked reports', async () => {
	const { main, row } = await linked();
	await answerMain(main);
	for (const one of [main, row]) {
		const seen = JSON.stringify(await seenByReporter(one.reference));
		expect(seen).not.toContain('linked');
		expect(seen).not.toContain(one.id === main.id ? row.reference : main.reference);
	}
});

test('refuses one of two concurrent approvals, and answers each report once', async () => {
	const { main, row } = await linked();
	await act(answerCase, office.handler, main.reference, { body: ANSWER });
	const second = await makeActor([[office.unit.id, 'supervisor']]);
	const tries = await Promise.allSettled([approve(office.supervisor, main.reference), approve(second, main.reference)]);
	expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
	expect(await answersOf(main)).toHaveLength(1);
	expect(await answersOf(row)).toHaveLength(1);
});

test('if publishing fails for a linked report, neither is answered, and a retry answers both', async () => {
	const { main, row } = await linked();
	await act(answerCase, office.handler, main.reference, { body: ANSWER });
	await whileRefusing(`new.id = ${row.id} and new.status = 'answered'`, () =>
		expect(approve(office.supervisor, main.reference)).rejects.toThrow('Failed query')
	);
	expect([await answersOf(main), await answersOf(row)]).toEqual([[], []]);
	await approve(office.supervisor, main.reference);
	expect([(await answersOf(main)).length, (await answersOf(row)).length]).toEqual([1, 1]);
});

test('an unverified report shows why the answer is held, and gets it by sendMainAnswer after verification', async () => {
	const { main, row } = await linked('received');
	await answerMain(main);
	expect(await answersOf(row)).toEqual([]);
	expect((await lastEntry(row.reference, 'linked'))?.data).toMatchObject({ action: 'held', why: 'unverified' });
	expect(await view(row)).toMatchObject({ held: 'unverified', may: { sendAnswer: false } });
	const early = act(sendMainAnswer, office.handler, row.reference);
	await expect(early).rejects.toMatchObject({ present: { reason: 'held_unverified' } });

	await act(verifyCase, office.handler, row.reference, { category: 'time', class: 'plain' });
	expect((await view(row)).may.sendAnswer).toBe(true);
	await act(sendMainAnswer, office.handler, row.reference);
	expect((await readCase(row.reference)).status).toBe('answered');
	await expect(act(sendMainAnswer, office.handler, row.reference)).rejects.toMatchObject({
		code: 'invalid-move'
	});
	expect(await answersOf(row)).toHaveLength(1);
});

test('the answer is held for a linked report that waits for its reporter', async () => {
	const { main, row } = await linked('needs_info');
	await answerMain(main);
	expect((await readCase(row.reference)).status).toBe('needs_info');
	expect((await view(row)).held).toBe('waiting');
});

test('an answer that contains the reporter’s name or report number is held for linked reports', async () => {
	const reporter = { name: 'Sari Contoh', phone: '081234567890' };
	const main = await caseIn(office, 'in_progress', { identity: 'named', reporter });
	for (const body of ['Yth. Ibu Sari, loket sudah ditambah.', `Laporan ${main.reference} sudah kami tangani.`]) {
		const own = await caseIn(office, 'in_progress', { identity: 'named', reporter });
		const row = await caseIn(office, 'in_progress');
		await link(row, own);
		await answerMain(own, body.replace(main.reference, own.reference));
		expect(await answersOf(own)).toHaveLength(1);
		expect(await answersOf(row)).toEqual([]);
		expect((await view(row)).held).toBe('personal');
	}
});

test('a withheld name holds an answer only if it was opened or written in the report, so no answer confirms a guess', async () => {
	const reporter = { name: 'Wati Rahasia', phone: '081234567899' };
	const heldBy = async (body: string, isOpened = false) => {
		const { main, row } = await linked();
		const withheld = await caseIn(office, 'received', { identity: 'withheld', reporter, body });
		await link(withheld, main);
		const reason = 'Alamat perlu dipastikan.';
		if (isOpened) await revealReporter(office.handler, withheld.reference, { reason });
		await answerMain(main, 'Terima kasih kepada Wati, 081234567899.');
		return (await view(row)).held;
	};
	const body = 'Antrean di loket lama sekali.';
	expect(await heldBy(body)).toBeNull();
	expect(await heldBy(body, true)).toBe('personal');
	expect(await heldBy(`${body} Dari Wati.`)).toBe('personal');
});

test('an answer by an officer whom a linked report names is held for that report', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const { main, row } = await linked('in_progress', { officer: officer.id });
	// The named account does not see the linked report, neither in the main case's list nor as a count.
	const seen = await linksOf(named, (await caseForActor(named, main.reference)).row, await timelineOf(main.id));
	expect(seen).toMatchObject({ linkedReports: [], reaches: [] });

	await act(answerCase, named, main.reference, { body: ANSWER });
	await approve(office.supervisor, main.reference);
	expect(await answersOf(row)).toEqual([]);
	expect((await view(row)).held).toBe('named');
	// Somebody else may send the same text, with the approval of a second person.
	await act(sendMainAnswer, office.handler, row.reference);
	expect((await readCase(row.reference)).status).toBe('in_progress');
	await approve(office.supervisor, row.reference);
	expect(await answersOf(row)).toHaveLength(1);
});

test('an answer without a second person is held for a linked complaint', async () => {
	const main = await caseIn(office, 'in_progress', { kind: 'suggestion' });
	const complaint = await caseIn(office, 'in_progress');
	const suggestion = await caseIn(office, 'in_progress', { kind: 'suggestion' });
	await link(complaint, main);
	await link(suggestion, main);
	await answerMain(main);
	expect((await readCase(suggestion.reference)).status).toBe('answered');
	expect((await readCase(complaint.reference)).status).toBe('in_progress');
	expect((await view(complaint)).held).toBe('second_person');
});

test('linked reports show that their main case was archived', async () => {
	const main = await caseIn(office, 'in_progress', { kind: 'suggestion' });
	const row = await caseIn(office, 'in_progress');
	await link(row, main);
	await act(archiveCase, office.handler, main.reference, { reason: 'out_of_scope' });
	expect((await view(row)).held).toBe('main_archived');
});

test('refuses chains, reports of other offices, restricted reports and settled reports', async () => {
	const [main, row, third] = [
		await caseIn(office, 'verified'),
		await caseIn(office, 'verified'),
		await caseIn(office, 'verified')
	];
	await link(row, main);
	await expect(link(main, third)).rejects.toMatchObject(problem('link_chain'));

	const elsewhere = await makeUnit({ parent: office.root });
	const { reference } = await makeCase(elsewhere);
	await expect(link(third, { reference })).rejects.toMatchObject(problem('report_unknown'));
	// Made after the new office, so that its role includes that office.
	const above = await makeActor([[office.root.id, 'supervisor']]);
	await expect(link(third, { reference }, above)).rejects.toMatchObject(problem('link_other_unit'));

	const integrity = await makeCase(office.unit, { category: 'integrity' });
	await expect(link(third, integrity)).rejects.toMatchObject(problem('report_unknown'));
	await expect(link(third, integrity, office.rootSupervisor)).rejects.toMatchObject(problem('link_restricted'));

	await expect(link(await caseIn(office, 'answered'), third)).rejects.toMatchObject({ code: 'invalid-move' });
});

test('refuses one of two concurrent links between the same two reports', async () => {
	const [a, b] = [await caseIn(office, 'verified'), await caseIn(office, 'verified')];
	const tries = await Promise.allSettled([link(a, b), link(b, a)]);
	expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
});

test('an unlinked report does not get the answer of its former main case', async () => {
	const { main, row } = await linked();
	await expect(act(unlinkCase, office.handler, row.reference)).rejects.toMatchObject({
		name: 'Invalid'
	});
	await act(unlinkCase, office.handler, row.reference, { reason: 'Ternyata loket lain.' });
	expect((await lastEntry(row.reference, 'linked'))?.data).toMatchObject({ action: 'unlinked' });
	expect(JSON.stringify((await lastEntry(main.reference, 'linked'))?.data)).not.toContain('loket lain');
	await answerMain(main);
	expect(await answersOf(row)).toEqual([]);
});

test('an approval with the version before a new link gets a conflict', async () => {
	const main = await caseIn(office, 'in_progress');
	const row = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, main.reference, { body: ANSWER });
	const { version } = await readCase(main.reference);
	await link(row, main);
	const { decideDraft } = await import('../answers/decide-draft.ts');
	const late = decideDraft(office.supervisor, main.reference, { decision: 'approve', version });
	await expect(late).rejects.toMatchObject({ code: 'stale', present: { changes: ['linked'] } });
});

test('the answer of the main case withdraws a waiting draft of a linked report', async () => {
	const main = await caseIn(office, 'in_progress');
	const row = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, row.reference, { body: 'Jawaban sementara untuk Anda.' });
	await link(row, main);
	await answerMain(main);
	const states = await rowsOfCase(approvals, row.reference);
	expect(states.map(({ state }) => state).sort()).toEqual(['approved', 'withdrawn']);
});

test('an archived duplicate gets no answer of its original', async () => {
	const reporter = { name: 'Sari Contoh', phone: '081234567891' };
	const main = await caseIn(office, 'in_progress', { identity: 'named', reporter });
	const { reference } = await makeCase(office.unit, { identity: 'named', reporter });
	const row = await bringTo(office, reference, 'received');
	await act(archiveCase, office.handler, reference, { reason: 'duplicate', duplicate_of: main.reference });
	await approve(office.supervisor, reference);
	await answerMain(main);
	expect(await answersOf(row)).toEqual([]);
	expect(await view(main)).toMatchObject({ linkedReports: [], reaches: [] });
});

test('the main case is found by the last digits of its number and shown before it is linked', async () => {
	const main = await caseIn(office, 'in_progress');
	const row = await caseIn(office, 'in_progress');
	const other = await makeCase(await makeUnit());
	const seen = (typed: string) => mainCandidate(office.handler, row.reference, typed);
	const digits = String(Number(main.reference.slice(-6)));
	expect(await seen(digits)).toMatchObject({ reference: main.reference, title: expect.any(String), answered: false });
	await expect(seen(other.reference)).rejects.toMatchObject(problem('report_unknown'));
	await expect(seen(row.reference)).rejects.toMatchObject(problem('link_self'));
	await answerMain(main);
	expect(await seen(digits)).toMatchObject({ answered: true });
	const late = await caseIn(office, 'in_progress');
	expect(await link(late, main)).toMatchObject({ mainAnswered: true });
});
