import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { clarifications } from '#lib/server/db/schema/clarifications.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeCase, makeOfficer, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { standing, story, act } from '#lib/dev/testing/office.ts';
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
const asked = async () => {
	const [one] = await clarificationsOf((await standing(reference)).id);
	if (!one) throw new Error('nothing was asked');
	return one;
};

test('the officer reads the question and answers it, and sees nothing of the report', async () => {
	await ask();
	const [question] = await ownQuestions(named);
	expect(question).toMatchObject({ question: QUESTION, state: 'open' });
	// Neither the number, nor the row, nor the actor, nor the moment of anything but the question.
	expect(Object.keys(question ?? {}).sort()).toEqual(
		['answer', 'answeredAt', 'askedAt', 'id', 'question', 'state', 'timeZone'].sort()
	);
	await expect(caseForActor(named, reference)).rejects.toMatchObject({ name: 'NotFound' });
	await answerQuestion(named, question?.id ?? '', { answer: ANSWERED });
	expect(await asked()).toMatchObject({ state: 'answered', answer: ANSWERED });
	expect(await story(reference)).toEqual(['opened', 'clarification_asked', 'clarification_given']);
	await expect(caseForActor(named, reference)).rejects.toMatchObject({ name: 'NotFound' });
});

test('an answer is given once, by the officer who was asked', async () => {
	await ask();
	const { id } = await asked();
	const [, other] = await makeOfficerWithAccount(office.unit.id);
	for (const stranger of [other, office.handler]) {
		await expect(ownQuestion(stranger, id)).rejects.toMatchObject({ name: 'NotFound' });
		await expect(answerQuestion(stranger, id, { answer: ANSWERED })).rejects.toMatchObject({ name: 'NotFound' });
	}
	const twice = await Promise.allSettled([1, 2].map(() => answerQuestion(named, id, { answer: ANSWERED })));
	expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect((await story(reference)).filter((type) => type === 'clarification_given')).toHaveLength(1);
});

test('a question that holds the number of the report or data of its reporter is refused', async () => {
	for (const about of [reference, 'Bapak Andi'])
		await expect(ask(`Tentang ${about}: bagaimana urutan layanannya?`)).rejects.toMatchObject({
			issues: [{ path: 'question', code: 'question_reveals' }]
		});
	expect(await clarificationsOf((await standing(reference)).id)).toEqual([]);
});

test('guessing at a withheld name tells nothing', async () => {
	const reporter = { name: 'Sulastri Umar', phone: '081234567891' };
	({ reference } = await makeCase(office.unit, { officer: officer.id, identity: 'withheld', reporter }));
	await ask('Apa yang Anda katakan kepada Ibu Sulastri pagi itu?');
	expect((await asked()).state).toBe('open');
});

test('only a confirmed officer with an account is asked, one question at a time', async () => {
	const silent = await makeOfficer(office.unit.id);
	for (const id of [silent.id, randomUUID()])
		await expect(ask(QUESTION, id)).rejects.toMatchObject({ issues: [{ code: 'officer_unreachable' }] });
	await ask();
	await expect(ask()).rejects.toMatchObject({ issues: [{ code: 'question_open' }] });
});

test('a withdrawn question is gone for the officer, and another can be asked', async () => {
	await ask();
	const { id } = await asked();
	await act(withdrawQuestion, office.handler, reference, { clarification: id });
	expect(await ownQuestions(named)).toEqual([]);
	await expect(answerQuestion(named, id, { answer: ANSWERED })).rejects.toMatchObject({ name: 'NotFound' });
	const again = act(withdrawQuestion, office.handler, reference, { clarification: id });
	await expect(again).rejects.toMatchObject({ code: 'invalid-move' });
	await ask();
});

test('nobody withdraws through another report', async () => {
	await ask();
	const { id } = await asked();
	const { reference: other } = await makeCase(office.unit);
	const attempt = act(withdrawQuestion, office.handler, other, { clarification: id });
	await expect(attempt).rejects.toMatchObject({ code: 'invalid-move' });
	const [row] = await db().select().from(clarifications).where(eq(clarifications.id, id));
	expect(row?.state).toBe('open');
});
