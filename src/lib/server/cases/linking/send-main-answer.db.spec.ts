import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { approvals, cases, messages } from '#lib/server/db/schema/cases.ts';
import { makeActor, makeCase, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	approve,
	caseIn,
	lastEntry,
	readCase,
	story,
	type Office,
	act,
	rowsOfCase
} from '#lib/dev/testing/office.ts';
import { answerCase } from '../answers/answer.ts';
import { askReporter } from '../conversation/message.ts';
import { submitObjection } from '../conversation/objection.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';
import { caseForActor } from '../find.ts';
import { linkCase, linksOf, unlinkCase } from './link.ts';
import { mainAnswerFor, sendMainAnswer } from './send-main-answer.ts';
import { timelineOf } from '../timeline.ts';
import { verifyCase } from '../handling/verify.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const link = (row: { reference: string }, main: { reference: string }, by = office.handler) =>
	act(linkCase, by, row.reference, { main: main.reference });

const WITH_EVIDENCE = { body: ANSWER, action: 'Satu loket ditambah.', action_on: '2026-11-02' };
/** Makes a suggestion that `writer` answered, and an open complaint that is linked to it. */
async function answeredSuggestion(writer: Office['supervisor'], answerInput: Record<string, unknown> = WITH_EVIDENCE) {
	const main = await caseIn(office, 'in_progress', { kind: 'suggestion' });
	const complaint = await caseIn(office, 'in_progress');
	await link(complaint, main);
	await act(answerCase, writer, main.reference, answerInput, { files: [] });
	return { main, complaint };
}

test('neither the writer of the main answer nor the sender can approve it on the linked complaint', async () => {
	const { complaint } = await answeredSuggestion(office.supervisor);
	const second = await makeActor([[office.unit.id, 'handler', 'supervisor']]);
	await act(sendMainAnswer, second, complaint.reference);
	for (const writer of [office.supervisor, second])
		await expect(approve(writer, complaint.reference)).rejects.toMatchObject({ name: 'NotAllowed' });
	await approve(office.rootSupervisor, complaint.reference);
	const [message] = await rowsOfCase(messages, complaint.reference);
	expect(message?.accountId).toBe(office.supervisor.accountId);
});

test('if no second person is available the main answer is sent with a single signature', async () => {
	const root = await makeUnit();
	const alone = await makeActor([[root.id, 'handler', 'supervisor']]);
	const [main, complaint] = [await makeCase(root, { kind: 'suggestion' }), await makeCase(root)];
	for (const { reference } of [main, complaint])
		await act(verifyCase, alone, reference, { category: 'time', class: 'plain' });
	await link(complaint, main, alone);
	await act(answerCase, alone, main.reference, WITH_EVIDENCE, { files: [] });
	await act(sendMainAnswer, alone, complaint.reference);
	expect((await readCase(complaint.reference)).status).toBe('answered');
	expect((await lastEntry(complaint.reference, 'answered'))?.data).toMatchObject({ single_signature: true });
});

test('a main answer without evidence cannot be sent to a complaint', async () => {
	const { complaint } = await answeredSuggestion(office.handler, { body: ANSWER });
	await expect(act(sendMainAnswer, office.handler, complaint.reference)).rejects.toMatchObject({
		present: { reason: 'held_evidence' }
	});
	expect(await story(complaint.reference)).not.toContain('answer_drafted');
});

test('only a supervisor sends a main answer that is final for the linked report and has no second person', async () => {
	const root = await makeUnit();
	const handler = await makeActor([[root.id, 'handler']]);
	const [main, row] = [await makeCase(root, { kind: 'suggestion' }), await makeCase(root, { kind: 'suggestion' })];
	for (const { reference } of [main, row])
		await act(verifyCase, handler, reference, { category: 'time', class: 'plain' });
	await link(row, main, handler);
	await db().update(cases).set({ disputes: 2 }).where(eq(cases.reference, row.reference));
	await act(answerCase, handler, main.reference, { body: ANSWER });
	const refused = { name: 'NotAllowed', code: 'supervisor' };
	await expect(act(sendMainAnswer, handler, row.reference)).rejects.toMatchObject(refused);
	const supervisor = await makeActor([[root.id, 'supervisor']]);
	await act(sendMainAnswer, supervisor, row.reference);
	expect((await lastEntry(row.reference, 'answered'))?.data).toMatchObject({ final: true, single_signature: true });
});

test('an answer that a reporter disputed is not offered again, unlike a newer one', async () => {
	const [main, row] = [await caseIn(office, 'in_progress'), await caseIn(office, 'in_progress')];
	await link(row, main);
	const answerMain = async () => {
		await act(answerCase, office.handler, main.reference, { body: ANSWER });
		await approve(office.supervisor, main.reference);
	};
	const offered = async () => {
		const { row: now } = await caseForActor(office.handler, row.reference);
		const { may } = await linksOf(office.handler, now, await timelineOf(row.id));
		return [may.sendAnswer, await mainAnswerFor(office.handler, row.reference)];
	};
	await answerMain();
	await submitObjection(row.id, { body: 'Saya belum puas sama sekali.' });
	expect(await offered()).toEqual([false, null]);
	await expect(act(sendMainAnswer, office.handler, row.reference)).rejects.toMatchObject({ code: 'invalid-move' });
	await act(unlinkCase, office.handler, row.reference, { reason: 'Ternyata loket lain.' });
	await link(row, main);
	expect(await offered()).toEqual([false, null]);

	await act(askReporter, office.handler, row.reference, { body: 'Apa yang belum selesai?' });
	await submitObjection(main.id, { body: 'Saya juga belum puas sama sekali.' });
	await answerMain();
	await writeToOffice(row.id, { body: 'Loketnya masih satu.' });
	expect(await offered()).toEqual([true, ANSWER]);
});

test('answering a linked suggestion by itself withdraws the draft of the main answer', async () => {
	const [officer, writer] = await makeOfficerWithAccount(office.unit.id);
	const main = await caseIn(office, 'in_progress', { kind: 'suggestion' });
	const { reference } = await caseIn(office, 'in_progress', { kind: 'suggestion', officer: officer.id });
	await link({ reference }, main);
	await act(answerCase, writer, main.reference, { body: ANSWER });
	await act(sendMainAnswer, office.handler, reference);
	const states = async () => (await rowsOfCase(approvals, reference)).map(({ state }) => state);
	expect(await states()).toEqual(['pending']);
	await act(answerCase, office.handler, reference, { body: 'Jawaban tersendiri untuk Anda.' });
	expect(await states()).toEqual(['withdrawn']);
});

test('only people who may see the main case can send its answer', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const main = await caseIn(office, 'in_progress', { officer: officer.id });
	const row = await caseIn(office, 'received');
	await link(row, main);
	await act(answerCase, office.handler, main.reference, { body: ANSWER });
	await approve(office.supervisor, main.reference);
	await act(verifyCase, office.handler, row.reference, { category: 'time', class: 'plain' });
	await expect(act(sendMainAnswer, named, row.reference)).rejects.toMatchObject({
		code: 'invalid-move'
	});
	await act(sendMainAnswer, office.handler, row.reference);
	expect((await story(row.reference)).filter((type) => type === 'answered')).toHaveLength(1);
});
