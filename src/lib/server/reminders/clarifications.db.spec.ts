import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { answerQuestion, ownQuestions } from '#lib/server/cases/officers/clarify-own.ts';
import { askOfficer, withdrawQuestion } from '#lib/server/cases/officers/clarify.ts';
import { nameInCase } from '#lib/server/cases/officers/named.ts';
import { chooseMails } from '#lib/server/channels/mail-choices.ts';
import { countUnread, listNotices, readNotice } from '#lib/server/channels/notice-list.ts';
import { db } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { lettersTo, tellOfStory, toldTo, withAddress } from '#lib/dev/testing/notices.ts';
import { makeOffice, on, standing, type Office } from '#lib/dev/testing/office.ts';

useFreshDatabase();
useMailServer();

let office: Office;
let officer: { id: string };
let named: Actor;
let asker: Actor;
let reference: string;
beforeEach(async () => {
	office = await makeOffice();
	officer = await makeOfficer(office.unit.id);
	// An officer and nothing else: no desk of their own.
	named = await makeActor([], officer.id);
	asker = await makeActor([[office.unit.id, 'handler']]);
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	({ reference } = await makeCase(office.unit, { officer: officer.id, identity: 'named', reporter }));
});

async function asked(): Promise<string> {
	const question = 'Bagaimana urutan layanan di loket dua pada Senin pagi yang lalu?';
	await askOfficer(asker, reference, await on(reference, { officer: officer.id, question }));
	await tellOfStory(reference);
	return (await ownQuestions(named))[0]?.id ?? '';
}
const answer = (id: string) => answerQuestion(named, id, { answer: 'Satu per satu, menurut nomor antrean.' });

test('who is asked is told once, and finds the question; nothing of what they are told leads to the report', async () => {
	const address = await withAddress(named);
	const id = await asked();
	await tellOfStory(reference);
	expect(await toldTo(named)).toEqual(['clarification_asked']);
	const [notice] = (await listNotices(named)).items;
	expect(notice).toMatchObject({ case: null, unit: null, data: { clarification: id } });
	expect(await readNotice(named, notice?.id ?? '')).toBe(`/me/questions/${id}`);
	const [letter, more] = await lettersTo(address);
	expect(more).toBeUndefined();
	expect(letter?.body).toContain(`/me/questions/${id}`);
	const [stored] = await db()
		.select()
		.from(notices)
		.where(eq(notices.id, notice?.id ?? ''));
	const [mail] = await db().select().from(mails).where(eq(mails.address, address));
	expect([stored?.caseId, mail?.caseId]).toEqual([null, null]);
	const row = await standing(reference);
	for (const secret of [reference, 'Andi', '081234567890', 'loket dua', 'Pengaduan', asker.name, `:${row.id}:`])
		expect(JSON.stringify([stored, mail])).not.toContain(secret);
});

test('notifies people who want no e-mail only at the desk', async () => {
	const address = await withAddress(named);
	await chooseMails(named, { wanted: [] });
	await asked();
	expect(await countUnread(named)).toBe(1);
	expect(await lettersTo(address)).toEqual([]);
});

test('notifies only the person who asked of the answer, once and without its text', async () => {
	const address = await withAddress(asker);
	await answer(await asked());
	await tellOfStory(reference);
	await tellOfStory(reference);
	expect(await toldTo(asker)).toEqual(['clarification_given']);
	for (const other of [office.handler, office.supervisor]) expect(await toldTo(other)).toEqual([]);
	expect(await toldTo(named)).toEqual(['clarification_asked']);
	expect(await countUnread(named)).toBe(0);
	const [letter, more] = await lettersTo(address);
	expect(more).toBeUndefined();
	expect(letter?.subject).toBe(`Klarifikasi diterima: ${reference}`);
	expect(letter?.body).not.toContain('antrean');
});

test('notifies the handlers instead if the person who asked has been named since', async () => {
	const second = await makeOfficer(office.unit.id);
	asker = await makeActor([[office.unit.id, 'handler']], second.id);
	const id = await asked();
	await nameInCase(office.handler, reference, await on(reference, { officer: second.id, action: 'add' }));
	await answer(id);
	await tellOfStory(reference);
	expect(await toldTo(asker)).toEqual([]);
	expect(await toldTo(office.handler)).toEqual(['clarification_given']);
});

test('a question that was withdrawn is told to nobody any more', async () => {
	const id = await asked();
	await withdrawQuestion(asker, reference, await on(reference, { clarification: id }));
	await tellOfStory(reference);
	expect(await toldTo(named)).toEqual([]);
	await tellOfStory(reference);
	expect(await countUnread(named)).toBe(0);
});
