import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { makeActor, makeCase, makeOfficer, makePlace } from '#lib/dev/testing/factories.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { ANSWER, approve, atTime, bringTo, caseIn, type Office, act, seenByReporter } from '#lib/dev/testing/office.ts';
import { answerCase } from './answers/answer.ts';
import { decideDraft } from './answers/decide-draft.ts';
import { askReporter, writeMessage } from './conversation/message.ts';
import { writeToOffice } from './conversation/reporter-reply.ts';
import { deskCase } from './view.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const reporter = { name: 'Andi Contoh', phone: '081234567890' };

test('shows the facts of a case, with name and contact of a named reporter', async () => {
	const officer = await makeOfficer(office.unit.id);
	const place = await makePlace(office.unit.id);
	const { reference } = await makeCase(
		office.unit,
		{ officer: officer.id, place: place.code, channel: 'walk_in', identity: 'named', reporter },
		{ by: 'staff', actor: office.handler }
	);
	const shown = await deskCase(office.handler, reference);
	expect(shown).toMatchObject({
		reference,
		status: 'received',
		place: place.name,
		officer: officer.name,
		openedBy: office.handler.name,
		assignee: null,
		unit: { name: office.unit.name },
		reporter: { name: 'Andi Contoh', phone: '081234567890' },
		named: [{ id: officer.id, state: 'named', source: 'officer' }],
		needsSecondPerson: true,
		draft: null
	});
});

test('a report without a contact, whose code was not printed, is shown as unreachable', async () => {
	const opened = async (withoutCode: boolean, changes = {}) => {
		const desk = { by: 'staff', actor: office.handler, withoutCode } as const;
		const { reference } = await makeCase(office.unit, { channel: 'box', ...changes }, desk);
		return (await deskCase(office.handler, reference)).unreachable;
	};
	expect(await opened(true)).toBe(true);
	expect(await opened(false)).toBe(false);
	expect(await opened(true, { identity: 'named', reporter })).toBe(false);
	expect(await opened(true, { identity: 'withheld', reporter })).toBe(false);
	expect(await opened(true, { identity: 'withheld', reporter: { name: 'Andi Contoh' } })).toBe(true);
});

test('does not include a withheld name', async () => {
	const { reference } = await makeCase(office.unit, { identity: 'withheld', reporter });
	const shown = await deskCase(office.handler, reference);
	expect(shown.reporter).toBeNull();
	expect(shown.may).toMatchObject({ reveal: true, contact: true, renewReceipt: false });
	expect(JSON.stringify(shown)).not.toMatch(/Andi|81234567890/);
});

test('the conversation has the type of each message and marks notes as internal', async () => {
	const photo = { name: 'loket.jpg', type: 'image/jpeg', bytes: await fourColourImage(80, 60).jpeg().toBuffer() };
	const { reference } = await makeCase(office.unit, {}, { files: [photo] });
	await writeMessage(office.handler, reference, { body: 'Tanyakan ke loket dua.', public: false });
	await act(askReporter, office.handler, reference, { body: 'Loket mana?' });
	const row = await caseIn(office, 'received');
	await writeToOffice(row.id, { body: 'Pesan laporan lain.' });
	const mine = await deskCase(office.handler, reference);
	expect(mine.files.map((file) => file.name)).toEqual(['Foto 1.jpg']);
	expect(mine.conversation.map((said) => [said.entry?.type, said.public, said.name])).toEqual([
		['note', false, office.handler.name],
		['info_requested', true, office.handler.name]
	]);
});

test('shows deadlines with state, days, basis, skipped days and working days overdue', async () => {
	const { reference } = await atTime('2026-11-24T02:00:00Z', () => makeCase(office.unit));
	const shown = await atTime('2026-11-30T02:00:00Z', () => deskCase(office.handler, reference));
	const clock = (name: string) => shown.clocks.find((one) => one.name === name);
	expect(clock('verification')).toMatchObject({ due: 'overdue', lateDays: 1, days: 3, dayUnit: 'working' });
	expect(clock('first_reply')).toMatchObject({ due: 'soon', lateDays: 0, basis: 'Waktu layanan SP4N-LAPOR!' });
	expect(clock('first_reply')?.skipped).toHaveLength(2);
	expect(shown.clocks.map((one) => one.name)[0]).toBe('verification');
});

test('shows who may decide a draft, and offers the decision only to them', async () => {
	const { reference } = await atTime('2026-11-26T02:00:00Z', () => caseIn(office, 'in_progress'));
	await atTime('2026-11-26T02:00:00Z', () => act(answerCase, office.handler, reference, { body: ANSWER }));
	const seen = (actor: Office['handler'], moment = '2026-11-26T03:00:00Z') =>
		atTime(moment, () => deskCase(actor, reference));
	const { draft } = await seen(office.handler);
	expect(draft).toMatchObject({
		kind: 'answer',
		state: 'pending',
		body: ANSWER,
		mine: true,
		author: office.handler.name,
		deciders: [office.supervisor.name],
		widensAt: new Date('2026-11-27T08:00:00Z')
	});
	expect((await seen(office.handler)).may.decide).toBe(false);
	expect((await seen(office.supervisor)).may.decide).toBe(true);
	expect((await seen(office.rootSupervisor)).may.decide).toBe(false);
	expect((await seen(office.rootSupervisor, '2026-11-27T08:00:00Z')).may.decide).toBe(true);
	const aboveActive = (active: boolean) =>
		db()
			.update(accounts)
			.set({ active })
			.where(eq(accounts.id, office.rootSupervisor.accountId ?? ''));
	await aboveActive(false);
	expect((await seen(office.handler)).draft).toMatchObject({ deciders: [office.supervisor.name], widensAt: null });
	await aboveActive(true);

	const back = { decision: 'send_back', reason: 'Sebutkan tanggalnya.' };
	await atTime('2026-11-26T04:00:00Z', () => act(decideDraft, office.supervisor, reference, back));
	const again = await seen(office.handler);
	expect(again.draft).toMatchObject({ state: 'sent_back', reason: back.reason, decidedBy: office.supervisor.name });
	expect(again.may).toMatchObject({ answer: true, decide: false });
});

test('offers verbs by the table of moves and the actor’s roles', async () => {
	const { reference } = await makeCase(office.unit);
	const may = async (actor = office.handler) => (await deskCase(actor, reference)).may;
	expect(await may()).toMatchObject({ verify: true, answer: false, assign: true, ask: true, escalate: false });
	expect((await may()).oversight).toBe(false);
	expect((await may(office.supervisor)).oversight).toBe(true);
	await bringTo(office, reference, 'in_progress');
	expect(await may()).toMatchObject({ verify: false, answer: true, archive: true, escalate: true, reopen: false });
	const other = await makeActor([[office.unit.id, 'handler']]);
	expect((await may(other)).assign).toBe(false);
	expect((await may(office.supervisor)).assign).toBe(true);
	await bringTo(office, reference, 'archived');
	expect(await may()).toMatchObject({ archive: false, answer: false, reopen: false });
	expect((await may(office.supervisor)).reopen).toBe(true);
});

test('gives NotFound to somebody who may not see the case', async () => {
	const { reference } = await makeCase(office.unit, { category: 'integrity' });
	await expect(deskCase(office.handler, reference)).rejects.toMatchObject({ name: 'NotFound' });
	await expect(deskCase(office.handler, 'SPATULA-7604-26-999999')).rejects.toMatchObject({ name: 'NotFound' });
});

test('an approved answer is in the conversation and no longer a draft', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	await approve(office.supervisor, reference);
	const shown = await deskCase(office.handler, reference);
	expect(shown.draft).toBeNull();
	expect(shown.conversation.at(-1)).toMatchObject({
		body: ANSWER,
		entry: { type: 'answered' },
		name: office.handler.name
	});
});

test('lists the files of one form by their number, because they have the same time', async () => {
	const { id, reference } = await caseIn(office, 'received');
	const file = { caseId: id, mediaType: 'image/jpeg', bytes: 1, sha256: 'contoh', at: new Date() };
	const stored = ['Foto 10.jpg', 'Dokumen 11.pdf', 'Foto 9.jpg'].map((name) => ({
		...file,
		id: crypto.randomUUID(),
		name
	}));
	await db().insert(attachments).values(stored);
	const names = ['Foto 9.jpg', 'Foto 10.jpg', 'Dokumen 11.pdf'];
	expect((await deskCase(office.handler, reference)).files.map(({ name }) => name)).toEqual(names);
	expect((await seenByReporter(reference)).attachments.map(({ name }) => name)).toEqual(names);
});
