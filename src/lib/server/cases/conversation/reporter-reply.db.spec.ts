import { beforeAll, describe, expect, test } from 'vitest';
import type { ClockRule } from '#lib/calendar/clock-rules.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	approve,
	atTime,
	bringTo,
	caseIn,
	entriesOf,
	lastEntry,
	readCase,
	story,
	act,
	rowsOfCase,
	seenByReporter
} from '#lib/dev/testing/office.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { entryDetail } from '#lib/words/timeline-details.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { clockRules } from '#lib/server/db/schema/clocks.ts';
import { answerCase } from '../answers/answer.ts';
import { submitObjection } from './objection.ts';
import { closeCase, writeToOffice, scoreAnswer } from './reporter-reply.ts';
import { lockCase } from '../find.ts';
import { archiveCase } from '../handling/archive.ts';
import { transferCase } from '../handling/transfer.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const WORDS = 'Antrean masih sama seperti kemarin.';

async function answeredAgain(reference: string, author = office.handler): Promise<void> {
	await act(answerCase, author, reference, { body: ANSWER });
	await approve(author === office.supervisor ? office.rootSupervisor : office.supervisor, reference);
}

test.each([3, 4, 5])('a score of %i closes the case', async (score) => {
	const { id, reference } = await caseIn(office, 'answered');
	await scoreAnswer(id, { score, comment: 'Baik.' });
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: score });
	expect((await lastEntry(reference, 'rated'))?.data).toMatchObject({ score, comment: 'Baik.' });
	await expect(scoreAnswer(id, { score: 2, comment: WORDS })).rejects.toMatchObject({ present: { reason: 'scored' } });
});

test.each([1, 2])('a score of %i reopens the case', async (score) => {
	const { id, reference } = await caseIn(office, 'answered');
	await scoreAnswer(id, { score, comment: WORDS });
	expect(await readCase(reference)).toMatchObject({ status: 'in_progress', satisfaction: score, disputes: 1 });
	expect((await story(reference)).slice(-2)).toEqual(['rated', 'disputed']);
});

test.each([0, 6, 2.5, 'lima'])('refuses the score %s', async (score) => {
	const { id } = await caseIn(office, 'answered');
	await expect(scoreAnswer(id, { score })).rejects.toMatchObject({ issues: [{ path: 'score' }] });
});

test('after two disputes only a supervisor answers, and the answer is final', async () => {
	const { id, reference } = await caseIn(office, 'answered');
	expect(await seenByReporter(reference)).toMatchObject({ lastDispute: false });
	await submitObjection(id, { body: WORDS });
	await answeredAgain(reference);
	expect(await seenByReporter(reference)).toMatchObject({ lastDispute: true });
	await submitObjection(id, { body: WORDS });
	const byHandler = act(answerCase, office.handler, reference, { body: ANSWER });
	await expect(byHandler).rejects.toMatchObject({ name: 'NotAllowed' });
	await answeredAgain(reference, office.supervisor);
	expect((await lastEntry(reference, 'answered'))?.data).toMatchObject({ final: true });
	await expect(submitObjection(id, { body: WORDS })).rejects.toMatchObject({ present: { reason: 'final' } });
	expect(await seenByReporter(reference)).toMatchObject({ finallyAnswered: true });
	await scoreAnswer(id, { score: 1 });
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: 1, disputes: 2 });
	expect(await seenByReporter(reference)).toMatchObject({ finallyAnswered: true });
});

test.each([undefined, '', ' '])(
	'a low score with the reason %j is asked for it once, then reopens the case',
	async (comment) => {
		const { id, reference } = await caseIn(office, 'answered');
		const refused = { issues: [{ path: 'comment', code: 'score_reason' }] };
		await expect(scoreAnswer(id, { score: 2, comment })).rejects.toMatchObject(refused);
		expect(await readCase(reference)).toMatchObject({ status: 'answered', satisfaction: null, disputes: 0 });
		const again = { score: 2, comment, asked: 'true' };
		for (let sent = 0; sent < 2; sent++) await scoreAnswer(id, again);
		expect(await readCase(reference)).toMatchObject({ status: 'in_progress', satisfaction: 2, disputes: 1 });
		const entry = await lastEntry(reference, 'disputed');
		expect(entry?.data).toMatchObject({ without_words: true, count: 1 });
		const shown = inLocale('id', () => entryDetail({ type: 'disputed', data: entry?.data ?? {} }, 'Asia/Makassar'));
		expect(shown).toBe('Pelapor tidak menulis alasannya');
	}
);

test('a score that closes the case needs no reason', async () => {
	const { id, reference } = await caseIn(office, 'answered');
	await scoreAnswer(id, { score: 3 });
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: 3 });
});

test('the answer that follows a dispute can be scored too', async () => {
	const { reference } = await makeCase(office.unit);
	const { id } = await bringTo(office, reference, 'answered');
	expect((await seenByReporter(reference)).may).toMatchObject({ score: true, dispute: true });
	await scoreAnswer(id, { score: 2, comment: WORDS });
	expect((await seenByReporter(reference)).may).toMatchObject({ score: false, dispute: false });
	await answeredAgain(reference);
	expect((await seenByReporter(reference)).may).toMatchObject({ score: true, dispute: true });
	await scoreAnswer(id, { score: 5 });
	expect((await seenByReporter(reference)).may).toMatchObject({ score: false, dispute: true });
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: 5 });
});

test('the score of an earlier answer does not count for the next one, which is open to a score after its turn too', async () => {
	const { id, reference } = await caseIn(office, 'answered');
	await scoreAnswer(id, { score: 2, comment: WORDS });
	await answeredAgain(reference);
	expect(await readCase(reference)).toMatchObject({ status: 'answered', satisfaction: null });
	await transaction(async (tx) => closeCase(tx, await lockCase(tx, id), 'system'));
	await scoreAnswer(id, { score: 5 });
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: 5 });
	expect((await entriesOf(reference)).flatMap(({ type, data }) => (type === 'rated' ? data.score : []))).toEqual([
		2, 5
	]);
});

test('a case, also a closed one, can be disputed until the tenth working day after the answer', async () => {
	const open = () => atTime('2026-11-24T02:00:00Z', () => caseIn(office, 'closed'));
	const inTime = await open();
	// Tuesday the 24th is day 0; the tenth working day is Tuesday, 8 December.
	await atTime('2026-12-08T15:59:00Z', () => submitObjection(inTime.id, { body: WORDS }));
	expect((await readCase(inTime.reference)).status).toBe('in_progress');
	const late = await open();
	const attempt = atTime('2026-12-08T16:01:00Z', () => submitObjection(late.id, { body: WORDS }));
	await expect(attempt).rejects.toMatchObject({ code: 'invalid-move', present: { reason: 'too_late' } });
});

test('a case that was closed without a score can be scored until the same day', async () => {
	const answered = () => atTime('2026-11-24T02:00:00Z', () => caseIn(office, 'answered'));
	const closing = (id: number) => transaction(async (tx) => closeCase(tx, await lockCase(tx, id), 'system'));
	const [inTime, late] = [await answered(), await answered()];
	for (const { id } of [inTime, late]) await atTime('2026-12-08T09:00:00Z', () => closing(id));
	await atTime('2026-12-08T15:59:00Z', () => scoreAnswer(inTime.id, { score: 4 }));
	expect(await readCase(inTime.reference)).toMatchObject({ status: 'closed', satisfaction: 4 });
	const attempt = atTime('2026-12-08T16:01:00Z', () => scoreAnswer(late.id, { score: 1, comment: WORDS }));
	await expect(attempt).rejects.toMatchObject({ code: 'invalid-move', present: { reason: 'too_late' } });
	expect(await readCase(late.reference)).toMatchObject({ status: 'closed', satisfaction: null });
});

describe('with a longer reporter’s turn', () => {
	const answered: ClockRule = {
		name: 'reporter_turn',
		kind: 'suggestion',
		class: null,
		state: 'answered',
		days: 15,
		dayUnit: 'working',
		basis: 'Keputusan kepala kantor'
	};
	beforeAll(() =>
		db()
			.insert(clockRules)
			.values({ ...answered, validFrom: new Date('2026-11-24T00:00:00Z') })
	);
	const opened = (moment: string) => atTime(moment, () => caseIn(office, 'answered', { kind: 'suggestion' }));
	const twelfth = '2026-12-10T02:00:00Z';

	test('a case can be disputed until the end of the longer turn', async () => {
		const { id, reference } = await opened('2026-11-24T02:00:00Z');
		await atTime(twelfth, () => submitObjection(id, { body: WORDS }));
		expect((await readCase(reference)).status).toBe('in_progress');
		// The fifteenth working day is Tuesday, 15 December.
		const late = await opened('2026-11-24T02:00:00Z');
		const attempt = atTime('2026-12-15T16:01:00Z', () => submitObjection(late.id, { body: WORDS }));
		await expect(attempt).rejects.toMatchObject({ present: { reason: 'too_late' } });
	});

	test('a report opened before the change keeps its shorter turn', async () => {
		const { id } = await opened('2026-11-23T02:00:00Z');
		const attempt = atTime(twelfth, () => submitObjection(id, { body: WORDS }));
		await expect(attempt).rejects.toMatchObject({ present: { reason: 'too_late' } });
	});
});

test('refuses one of two concurrent disputes', async () => {
	const { id, reference } = await caseIn(office, 'answered');
	const both = await Promise.allSettled([
		submitObjection(id, { body: WORDS }),
		submitObjection(id, { body: `${WORDS} Tolong.` })
	]);
	expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
	expect((await readCase(reference)).disputes).toBe(1);
});

test('a transferred case can be neither scored nor disputed', async () => {
	const { id, reference } = await caseIn(office, 'in_progress');
	await transaction((tx) => transferCase(tx, id, 'Dinas Pariwisata', '1916449'));
	expect(await readCase(reference)).toMatchObject({ status: 'answered', transferredTo: 'Dinas Pariwisata' });
	const refused = { code: 'invalid-move', present: { reason: 'transferred' } };
	await expect(scoreAnswer(id, { score: 1 })).rejects.toMatchObject(refused);
	await expect(submitObjection(id, { body: WORDS })).rejects.toMatchObject(refused);
});

test('a transfer withdraws a waiting draft', async () => {
	const { id, reference } = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	await transaction((tx) => transferCase(tx, id, 'Dinas Pariwisata', '1916450'));
	await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ code: 'invalid-move' });
	expect((await story(reference)).filter((type) => type === 'answered')).toHaveLength(1);
});

test('a message changes no status if no question is open', async () => {
	for (const status of ['received', 'in_progress', 'answered', 'closed'] as const) {
		const { id, reference } = await caseIn(office, status);
		await writeToOffice(id, { body: 'Saya tambahkan sesuatu.' });
		expect((await readCase(reference)).status).toBe(status);
		expect((await story(reference)).at(-1)).toBe('message');
	}
});

test.each(['received', 'verified', 'in_progress'] as const)(
	'the reply to a question returns the case to its former status: %s',
	async (status) => {
		const { id, reference } = await caseIn(office, status);
		await bringTo(office, reference, 'needs_info');
		await writeToOffice(id, { body: 'Loket nomor dua.' });
		expect((await readCase(reference)).status).toBe(status);
		expect((await story(reference)).at(-1)).toBe('info_given');
	}
);

test.each(['needs_info', 'in_progress'] as const)(
	'a message sends a proposal to archive as incomplete back to its writer: %s',
	async (status) => {
		const { id, reference } = await caseIn(office, status);
		await act(archiveCase, office.handler, reference, { reason: 'incomplete' });
		await writeToOffice(id, { body: 'Loket nomor dua, hari Senin pagi.' });
		expect((await rowsOfCase(approvals, reference)).at(0)).toMatchObject({ state: 'sent_back', decidedBy: null });
		expect(await lastEntry(reference, 'archive_sent_back')).toMatchObject({
			actorKind: 'system',
			public: false,
			data: { reason: 'reporter_wrote' }
		});
		await expect(approve(office.supervisor, reference)).rejects.toMatchObject({ code: 'invalid-move' });
		expect((await readCase(reference)).status).not.toBe('archived');
	}
);

test('a message does not send other proposals to archive back', async () => {
	const { id, reference } = await caseIn(office, 'in_progress');
	await act(archiveCase, office.handler, reference, { reason: 'spam' });
	await writeToOffice(id, { body: 'Saya tambahkan sesuatu.' });
	await approve(office.supervisor, reference);
	expect((await readCase(reference)).status).toBe('archived');
});
