import { beforeEach, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clarifications } from '#lib/server/db/schema/clarifications.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeCase, makeOfficer, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { switchOff } from '#lib/dev/testing/notices.ts';
import { readCase, story, act } from '#lib/dev/testing/office.ts';
import {
	answerQuestion,
	ownQuestion,
	ownQuestions,
	askOfficer,
	clarificationsOf,
	withdrawQuestion
} from './clarifications.ts';
import { caseForActor } from '../find.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const QUESTION = 'Bagaimana urutan layanan di loket dua pada Senin pagi yang lalu?';
const ANSWERED = 'Satu orang dilayani sampai selesai, lalu nomor berikutnya.';

let officer: { id: string };
let named: Actor;
let reference: string;
beforeEach(async () => {
	[officer, named] = await makeOfficerWithAccount(office.unit.id);
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	({ reference } = await makeCase(office.unit, { officer: officer.id, identity: 'named', reporter }));
});

const ask = (question = QUESTION, to = officer.id) =>
	act(askOfficer, office.handler, reference, { officer: to, question });
const latestQuestion = async () => {
	const [one] = await clarificationsOf((await readCase(reference)).id);
	if (!one) throw new Error('nothing was asked');
	return one;
};

test('the officer reads and answers the question without access to the case', async () => {
	await ask();
	const [question] = await ownQuestions(named);
	expect(question).toMatchObject({ question: QUESTION, state: 'open' });
	// No number, row id or person of the case, and no time except that of the question.
	expect(Object.keys(question ?? {}).sort()).toEqual(
		['answer', 'answeredAt', 'askedAt', 'id', 'question', 'state', 'timeZone'].sort()
	);
	await expect(caseForActor(named, reference)).rejects.toMatchObject({ name: 'NotFound' });
	await answerQuestion(named, question?.id ?? '', { answer: ANSWERED });
	expect(await latestQuestion()).toMatchObject({ state: 'answered', answer: ANSWERED });
	expect(await story(reference)).toEqual(['opened', 'clarification_asked', 'clarification_given']);
	await expect(caseForActor(named, reference)).rejects.toMatchObject({ name: 'NotFound' });
});

test('only the officer who was asked can answer, and only once', async () => {
	await ask();
	const { id } = await latestQuestion();
	const [, other] = await makeOfficerWithAccount(office.unit.id);
	for (const stranger of [other, office.handler]) {
		await expect(ownQuestion(stranger, id)).rejects.toMatchObject({ name: 'NotFound' });
		await expect(answerQuestion(stranger, id, { answer: ANSWERED })).rejects.toMatchObject({ name: 'NotFound' });
	}
	const twice = await Promise.allSettled([1, 2].map(() => answerQuestion(named, id, { answer: ANSWERED })));
	expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect((await story(reference)).filter((type) => type === 'clarification_given')).toHaveLength(1);
});

test('refuses a question with the report number or data of its reporter', async () => {
	for (const about of [reference, 'Bapak Andi'])
		await expect(ask(`Tentang ${about}: bagaimana urutan layanannya?`)).rejects.toMatchObject({
			issues: [{ path: 'question', code: 'question_reveals' }]
		});
	expect(await clarificationsOf((await readCase(reference)).id)).toEqual([]);
});

test('accepts a question with a guessed withheld name, so that nothing is confirmed', async () => {
	const reporter = { name: 'Sulastri Umar', phone: '081234567891' };
	({ reference } = await makeCase(office.unit, { officer: officer.id, identity: 'withheld', reporter }));
	await ask('Apa yang Anda katakan kepada Ibu Sulastri pagi itu?');
	expect((await latestQuestion()).state).toBe('open');
});

test('only a confirmed officer with an active account can be asked, one question at a time', async () => {
	const silent = await makeOfficer(office.unit.id);
	for (const id of [silent.id, crypto.randomUUID()])
		await expect(ask(QUESTION, id)).rejects.toMatchObject({ issues: [{ code: 'officer_unreachable' }] });
	await ask();
	await expect(ask()).rejects.toMatchObject({ issues: [{ code: 'question_open' }] });
	await act(withdrawQuestion, office.handler, reference, { clarification: (await latestQuestion()).id });
	await switchOff(named);
	await expect(ask()).rejects.toMatchObject({ issues: [{ code: 'officer_unreachable' }] });
});

test('the officer no longer sees a withdrawn question, and can be asked another one', async () => {
	await ask();
	const { id } = await latestQuestion();
	await act(withdrawQuestion, office.handler, reference, { clarification: id });
	expect(await ownQuestions(named)).toEqual([]);
	await expect(answerQuestion(named, id, { answer: ANSWERED })).rejects.toMatchObject({ name: 'NotFound' });
	const again = act(withdrawQuestion, office.handler, reference, { clarification: id });
	await expect(again).rejects.toMatchObject({ code: 'invalid-move' });
	await ask();
});

test('refuses to withdraw a question through another report', async () => {
	await ask();
	const { id } = await latestQuestion();
	const { reference: other } = await makeCase(office.unit);
	const attempt = act(withdrawQuestion, office.handler, other, { clarification: id });
	await expect(attempt).rejects.toMatchObject({ code: 'invalid-move' });
	const [row] = await db().select().from(clarifications).where(eq(clarifications.id, id));
	expect(row?.state).toBe('open');
});

test('an answer that arrives during the destruction of the case is refused', async () => {
	await ask();
	const { id, caseId } = (await db().select().from(clarifications)).at(-1) ?? { id: '', caseId: 0 };
	await db().update(cases).set({ destroyedAt: new Date() }).where(eq(cases.id, caseId));
	const late = answerQuestion(named, id, { answer: ANSWERED });
	await expect(late).rejects.toMatchObject({ present: { reason: 'destroyed' } });
	expect(await latestQuestion()).toMatchObject({ state: 'open', answer: null });
});
