import { beforeEach, expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { nameInCase } from '#lib/server/cases/officers/named.ts';
import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { dispute, sayToOffice } from '#lib/server/cases/conversation/report-back.ts';
import { tellOfEvents } from './events.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { isAway, lettersTo, tellOfStory, toldTo, withAddress } from '#lib/dev/testing/notices.ts';
import {
	ANSWER,
	approve,
	at,
	bringTo,
	lastEntry,
	makeOffice,
	on,
	standing,
	type Office
} from '#lib/dev/testing/office.ts';

useFreshDatabase();
useMailServer();

let office: Office;
beforeEach(async () => {
	office = await makeOffice();
});

const THURSDAY = '2026-11-26T02:00:00Z';

test('notifies an assignee once, but not people who assign themselves', async () => {
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const address = await withAddress(colleague);
	const { reference } = await makeCase(office.unit, { body: 'Kursi di ruang tunggu kurang banyak sekali.' });
	await assignCase(office.supervisor, reference, await on(reference, { assignee: colleague.accountId }));
	await tellOfStory(reference);
	await tellOfStory(reference);
	expect(await toldTo(colleague)).toEqual(['assigned']);
	const [letter, more] = await lettersTo(address);
	expect(more).toBeUndefined();
	expect(letter?.subject).toBe(`Ditugaskan kepada Anda: ${reference}`);
	expect(letter?.body).not.toContain('Kursi');
	await assignCase(colleague, reference, await on(reference, { assignee: colleague.accountId }));
	await tellOfStory(reference);
	expect(await toldTo(colleague)).toEqual(['assigned']);
});

test('notifies a mentioned person once, without the note’s text, unless they may no longer see the case', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'handler']], officer.id);
	const address = await withAddress(office.supervisor);
	const { reference } = await makeCase(office.unit);
	const username = ({ name }: { name: string }) => name.replace('Akun Contoh ', '@akun');
	const body = `Tolong periksa loket dua, ${username(office.supervisor)} dan ${username(named)}. ${username(office.handler)}`;
	await writeMessage(office.handler, reference, { body, public: false }, { files: [] });
	await nameInCase(office.handler, reference, await on(reference, { officer: officer.id, action: 'add' }));
	await tellOfStory(reference);
	await tellOfStory(reference);
	expect(await toldTo(office.supervisor)).toEqual(['mentioned']);
	expect(await toldTo(named)).toEqual([]);
	expect(await toldTo(office.handler)).toEqual([]);
	const [letter, more] = await lettersTo(address);
	expect(more).toBeUndefined();
	expect(letter?.subject).toBe(`Anda disebut dalam catatan: ${reference}`);
	expect(letter?.body).toContain(`${office.handler.name} menyebut Anda`);
	expect(letter?.body).not.toContain('loket dua');
});

test('who has the case no longer when the job comes, or is named by it by then, is not told', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'handler']], officer.id);
	const passed = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await makeCase(office.unit);
	for (const { accountId } of [passed, named])
		await assignCase(office.supervisor, reference, await on(reference, { assignee: accountId }));
	await nameInCase(office.handler, reference, await on(reference, { officer: officer.id, action: 'add' }));
	await tellOfStory(reference);
	expect(await toldTo(passed)).toEqual([]);
	expect(await toldTo(named)).toEqual([]);
});

test('notifies the assignee of each message by the reporter once, without its text', async () => {
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const address = await withAddress(office.handler);
	const { reference } = await makeCase(office.unit);
	const { id } = await bringTo(office, reference, 'in_progress');
	await bringTo(office, reference, 'needs_info');
	await sayToOffice(id, { body: 'Kursi di ruang tunggu, Senin pagi.' });
	await sayToOffice(id, { body: 'Kursi itu masih rusak.' });
	await writeMessage(office.supervisor, reference, { body: 'Terima kasih, kami periksa.' });
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
	await approve(office.supervisor, reference);
	await dispute(id, { body: 'Kursi belum diganti juga.' });
	await tellOfStory(reference);
	await tellOfStory(reference);
	expect((await toldTo(office.handler)).toSorted()).toEqual(['disputed', 'info_given', 'message']);
	expect(await toldTo(colleague)).toEqual([]);
	expect(await toldTo(office.supervisor)).toEqual([]);
	const letters = await lettersTo(address);
	expect(letters.map(({ subject }) => subject).toSorted()).toEqual([
		`Pelapor belum puas: ${reference}`,
		`Pelapor sudah menjawab: ${reference}`,
		`Pesan dari pelapor: ${reference}`
	]);
	for (const { body } of letters) {
		expect(body).toContain(`/desk/cases/${reference}`);
		expect(body).not.toContain('Kursi');
	}
});

test('notifies of a recorded message as of the reporter’s own, except the person who recorded it', async () => {
	const { reference } = await at(THURSDAY, () => makeCase(office.unit, { kind: 'suggestion' }));
	await at(THURSDAY, async () => {
		await bringTo(office, reference, 'in_progress');
		await bringTo(office, reference, 'needs_info');
	});
	const said = { kind: 'answer', by: 'phone', on: '2026-11-26', time: '11:00', body: 'Senin pagi.' };
	await at('2026-11-27T02:00:00Z', async () => {
		const sent = { ...said, submission_id: 'contoh-formulir-telepon' };
		await recordReporterAnswer(office.supervisor, reference, await on(reference, sent));
		await tellOfStory(reference);
	});
	expect(await toldTo(office.handler)).toEqual(['info_given']);
	await at('2026-11-27T03:00:00Z', async () => {
		const sent = { ...said, submission_id: 'contoh-formulir-loket' };
		await recordReporterAnswer(office.handler, reference, await on(reference, sent));
		await tellOfStory(reference);
	});
	expect(await toldTo(office.handler)).toEqual(['info_given']);
});

test('notifies the present handlers if a report has no assignee or the assignee is absent', async () => {
	const here = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await makeCase(office.unit);
	const { id } = await bringTo(office, reference, 'in_progress');
	await isAway(office.handler);
	await sayToOffice(id, { body: 'Masih menunggu kabar.' });
	await tellOfStory(reference);
	expect(await toldTo(office.handler)).toEqual(['message']);
	expect(await toldTo(here)).toEqual(['message']);
	const { reference: free } = await makeCase(office.unit);
	await sayToOffice((await standing(free)).id, { body: 'Masih menunggu kabar.' });
	await tellOfStory(free);
	expect(await toldTo(here)).toEqual(['message', 'message']);
	expect(await toldTo(office.handler)).toEqual(['message']);
});

test('sends no notice of a dispute that was answered since; the last one also notifies supervisors', async () => {
	const { reference } = await makeCase(office.unit);
	const { id } = await bringTo(office, reference, 'answered');
	await dispute(id, { body: 'Masih sama saja.' });
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
	await approve(office.supervisor, reference);
	await tellOfStory(reference);
	expect(await toldTo(office.handler)).toEqual([]);
	await dispute(id, { body: 'Masih sama saja.' });
	await tellOfEvents([{ caseId: id, seq: (await lastEntry(reference, 'disputed'))?.seq ?? 0 }]);
	for (const person of [office.handler, office.supervisor]) expect(await toldTo(person)).toEqual(['disputed']);
});

test('notifies supervisors of an open objection, except one whom the report names', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'supervisor']], officer.id);
	const { reference } = await makeCase(office.unit, { officer: officer.id });
	const { id } = await bringTo(office, reference, 'archived');
	await dispute(id, { body: 'Ini urusan kantor Anda.' });
	await tellOfStory(reference);
	expect(await toldTo(office.supervisor)).toEqual(['objected']);
	for (const person of [named, office.handler, office.rootSupervisor]) expect(await toldTo(person)).toEqual([]);
	const { reference: decided } = await makeCase(office.unit);
	await dispute((await bringTo(office, decided, 'archived')).id, { body: 'Ini urusan kantor Anda.' });
	const reason = 'Bukan urusan kantor statistik.';
	await declineObjection(office.supervisor, decided, await on(decided, { reason }));
	await tellOfStory(decided);
	expect(await toldTo(office.supervisor)).toEqual(['objected']);
});
