import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { approvals, attachments, caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { receiptHash } from './receipt.ts';
import { pdfPages } from '#lib/dev/testing/documents.ts';
import {
	makeActor,
	makeCase,
	makeOfficer,
	makePlace,
	makeUnit,
	makeOfficerWithAccount
} from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	atTime,
	bringTo,
	caseIn,
	clockOf,
	lastEntry,
	on,
	readCase,
	story,
	act,
	trackedCase,
	rowsOfCase,
	seenByReporter
} from '#lib/dev/testing/office.ts';
import { answerCase } from './answers/answer.ts';
import { caseForActor, caseForReporter } from './find.ts';
import { writeMessage } from './conversation/message.ts';
import { writeToOffice } from './conversation/reporter-reply.ts';
import { officersOfCase, changeNamedOfficers } from './officers/officers-of-case.ts';
import { askReporter } from './conversation/message.ts';
import { classifyCase } from './handling/verify.ts';
import { handOverCase } from './handling/hand-over.ts';
import { splitCase } from './handling/split.ts';
import { trackedSibling } from './find-by-receipt.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

describe('a change of category, class or priority after verification', () => {
	const oversight = { category: 'behaviour', class: 'oversight', priority: 'high' };

	test('a supervisor changes the class: the solution is counted again from arrival and the reporter reads the reason', async () => {
		const { reference } = await caseIn(office, 'in_progress');
		const before = await clockOf(reference, 'solution');
		const reason = 'Ada tanda penyalahgunaan wewenang.';
		await act(classifyCase, office.supervisor, reference, { ...oversight, reason });
		const after = await clockOf(reference, 'solution');
		expect(await readCase(reference)).toMatchObject({
			class: 'oversight',
			category: 'behaviour',
			status: 'in_progress'
		});
		expect(after).toMatchObject({ startAt: before?.startAt, days: 60 });
		expect(after?.dueAt?.getTime()).toBeGreaterThan(before?.dueAt?.getTime() ?? Infinity);
		const clocks = [{ name: 'solution', due_at: after?.dueAt?.toISOString() }];
		expect(await lastEntry(reference, 'classified')).toMatchObject({ public: true, data: { reason, clocks } });
	});

	test('a handler changes category and priority, but not the class', async () => {
		const { reference } = await caseIn(office, 'verified');
		const raise = act(classifyCase, office.handler, reference, { ...oversight, reason: 'Gawat.' });
		await expect(raise).rejects.toMatchObject({ name: 'NotAllowed', code: 'supervisor' });
		const plain = { ...oversight, class: 'plain' };
		await act(classifyCase, office.handler, reference, plain);
		expect(await lastEntry(reference, 'classified')).toMatchObject({ public: false });
		const again = act(classifyCase, office.handler, reference, plain);
		await expect(again).rejects.toMatchObject({ issues: [{ code: 'nothing_changed' }] });
	});

	test('the category integrity moves the report to the parent’s supervisors', async () => {
		const { reference } = await caseIn(office, 'in_progress');
		const found = { category: 'integrity', class: 'plain', priority: 'high' };
		await act(classifyCase, office.handler, reference, found);
		expect(await readCase(reference)).toMatchObject({
			restricted: true,
			handlingUnitId: office.root.id,
			assigneeId: null
		});
		await expect(caseForActor(office.handler, reference)).rejects.toMatchObject({ name: 'NotFound' });
	});

	test('is refused before verification and after the answer', async () => {
		for (const status of ['received', 'answered'] as const) {
			const { reference } = await caseIn(office, status);
			const attempt = act(classifyCase, office.supervisor, reference, { ...oversight, reason: 'Gawat.' });
			await expect(attempt).rejects.toMatchObject({ code: 'invalid-move' });
		}
	});
});

describe('a hand-over to another office', () => {
	test('keeps the number, counts deadlines in the new office’s zone and clears the assignee', async () => {
		const other = await makeUnit({ parent: office.root, timeZone: 'Asia/Jayapura' });
		const theirs = await makeActor([[other.id, 'handler']]);
		// In the morning, because late in the evening it is already the next day in the east.
		const { reference } = await atTime('2026-11-24T02:00:00Z', () => caseIn(office, 'in_progress'));
		const before = await clockOf(reference, 'first_reply');
		await act(handOverCase, office.handler, reference, { unit: other.code, reason: 'Kejadiannya di kantor itu.' });
		expect(await readCase(reference)).toMatchObject({
			reference,
			unitId: other.id,
			handlingUnitId: other.id,
			assigneeId: null,
			status: 'in_progress'
		});
		const after = await clockOf(reference, 'first_reply');
		expect(after?.startAt).toEqual(before?.startAt);
		// The same local time is an hour earlier in the east.
		expect((before?.dueAt?.getTime() ?? 0) - (after?.dueAt?.getTime() ?? 0)).toBe(3_600_000);
		expect(await lastEntry(reference, 'moved')).toMatchObject({
			public: true,
			data: { from: office.unit.name, to: other.name }
		});
		await caseForActor(theirs, reference);
		await expect(caseForActor(office.handler, reference)).rejects.toMatchObject({ name: 'NotFound' });
	});

	test('hides the report from an officer of the new office whom its text seems to name', async () => {
		const other = await makeUnit({ parent: office.root });
		const [, named] = await makeOfficerWithAccount(other.id, ['handler'], 'Rahmawati Tandipau');
		const { reference } = await makeCase(office.unit, { body: 'Ibu Rahmawati tidak ada di loket sepanjang pagi.' });
		await act(handOverCase, office.handler, reference, { unit: other.code, reason: 'Petugas di sana.' });
		await expect(caseForActor(named, reference)).rejects.toMatchObject({ name: 'NotFound' });
	});

	test('hides it from one whom a later message or a written voice note names, not from one whom staff mention', async () => {
		const other = await makeUnit({ parent: office.root });
		const names = ['Rahmawati Tandipau', 'Hasanuddin Lolo', 'Marlina Pabate'];
		for (const name of names) await makeOfficer(other.id, name);
		const { id, reference } = await caseIn(office, 'verified');
		await writeToOffice(id, { body: 'Yang melayani saya Ibu Rahmawati.' });
		for (const body of ['(pesan suara) Pak Hasanuddin juga ikut.', 'Bu Marlina di sana bisa membantu.'])
			await writeMessage(office.handler, reference, { body, public: false });
		await act(handOverCase, office.handler, reference, { unit: other.code, reason: 'Petugas di sana.' });
		const named = (await officersOfCase(id)).map((officer) => officer.name).sort();
		expect(named).toEqual(['Hasanuddin Lolo', 'Rahmawati Tandipau']);
	});

	test('withdraws the draft, and a restricted report stays restricted', async () => {
		const other = await makeUnit({ parent: office.root });
		const { reference } = await caseIn(office, 'in_progress');
		await act(answerCase, office.handler, reference, { body: ANSWER });
		const reason = 'Kejadiannya di kantor itu.';
		await act(handOverCase, office.handler, reference, { unit: other.code, reason });
		expect(await db().select().from(approvals).where(eq(approvals.state, 'pending'))).toEqual([]);

		const sealed = await makeCase(office.unit, { category: 'integrity' });
		await act(handOverCase, office.rootSupervisor, sealed.reference, { unit: other.code, reason });
		expect(await readCase(sealed.reference)).toMatchObject({ restricted: true, unitId: other.id });
	});

	test('is refused to the same office and to an unknown office', async () => {
		const { reference } = await makeCase(office.unit);
		for (const unit of [office.unit.code, '0000']) {
			const attempt = act(handOverCase, office.handler, reference, { unit, reason: 'Bukan di sini.' });
			await expect(attempt).rejects.toMatchObject({ issues: [{ path: 'unit' }] });
		}
	});
});

describe('splitting a report', () => {
	const SECOND = { kind: 'suggestion', body: 'Sediakan kursi untuk orang tua di ruang tunggu.' };
	const split = (reference: string, changes: Record<string, unknown> = {}) =>
		act(splitCase, office.handler, reference, { ...SECOND, submission_id: crypto.randomUUID(), ...changes });

	test('creates a second report with the same reporter, place and time of arrival, and keeps the first text', async () => {
		const place = await makePlace(office.unit.id);
		const reporter = { name: 'Andi Contoh', phone: '081234567890' };
		const first = await atTime('2026-11-02T01:00:00Z', () =>
			makeCase(office.unit, { identity: 'named', reporter, place: place.code })
		);
		const { reference } = first;
		const part = await atTime('2026-11-05T01:00:00Z', () => split(reference));
		const [whole, second] = [await readCase(reference), await readCase(part)];
		expect(second).toMatchObject({
			kind: 'suggestion',
			status: 'received',
			splitFromId: whole.id,
			placeId: place.id,
			reporterHash: whole.reporterHash,
			receivedAt: whole.receivedAt
		});
		expect((await clockOf(part, 'first_reply'))?.startAt).toEqual(whole.receivedAt);
		expect((await clockOf(part, 'verification'))?.startAt).toEqual(second.openedAt);
		expect(whole.body).toContain('Antrean');
		expect(await story(reference)).toEqual(['opened', 'split']);
		expect(await lastEntry(part, 'opened')).toMatchObject({ data: { split_from: reference } });
		expect(second.receiptHash).not.toBe(receiptHash(first.receipt ?? ''));
	});

	test('counts the first reply from the day of splitting if the office has already replied to the report', async () => {
		const { reference } = await atTime('2026-11-02T01:00:00Z', () => caseIn(office, 'in_progress'));
		const ask = { body: 'Tanggal berapa kejadiannya?' };
		await atTime('2026-11-03T01:00:00Z', async () => askReporter(office.handler, reference, await on(reference, ask)));
		const part = await atTime('2026-11-11T01:00:00Z', () => split(reference));
		expect(await clockOf(part, 'first_reply')).toMatchObject({ startAt: new Date('2026-11-11T01:00:00Z') });
		const seen = await atTime('2026-11-11T02:00:00Z', () => seenByReporter(part));
		expect(seen.overdue).toBe(false);
		expect(await clockOf(part, 'solution')).toMatchObject({ startAt: new Date('2026-11-02T01:00:00Z') });
	});

	test('creates one report if its form is sent several times', async () => {
		const { reference } = await makeCase(office.unit);
		const form = await on(reference, { ...SECOND, submission_id: 'formulir-yang-sama' });
		const made = await Promise.all([1, 2, 3].map(() => splitCase(office.handler, reference, form)));
		expect(new Set(made).size).toBe(1);
		// The page was loaded again, and with it the version.
		expect(await splitCase(office.handler, reference, await on(reference, form))).toBe(made[0]);
		const other = splitCase(office.handler, reference, { ...form, body: `${SECOND.body} Juga di teras.` });
		await expect(other).rejects.toMatchObject({ code: 'submission-reused' });
		const { id } = await readCase(reference);
		expect(await db().select().from(cases).where(eq(cases.splitFromId, id))).toHaveLength(1);
	});

	test('copies the chosen files with their text', async () => {
		const sent = { name: 'a.pdf', type: 'application/pdf', bytes: await pdfPages('Bukti pembayaran') };
		const { reference } = await makeCase(office.unit, {}, { files: [sent] });
		const [document] = await rowsOfCase(attachments, reference);
		const part = await split(reference, { files: document?.id });
		const copied = await rowsOfCase(attachments, part);
		expect(copied).toMatchObject([
			{ name: 'Dokumen 1.pdf', sha256: document?.sha256, public: true, text: 'Bukti pembayaran' }
		]);
		expect(copied[0]?.id).not.toBe(document?.id);
		const foreign = split(reference, { files: crypto.randomUUID() });
		await expect(foreign).rejects.toMatchObject({ issues: [{ path: 'files', code: 'file_unknown' }] });
	});

	test('copies named officers and the restriction to the second report', async () => {
		const [officer, named] = await makeOfficerWithAccount(office.unit.id);
		const { reference } = await makeCase(office.unit, { officer: officer.id });
		const part = await split(reference);
		await expect(caseForActor(named, part)).rejects.toMatchObject({ name: 'NotFound' });
		const sealed = await makeCase(office.unit, { category: 'integrity' });
		const form = await on(sealed.reference, { ...SECOND, submission_id: crypto.randomUUID() });
		const second = await splitCase(office.rootSupervisor, sealed.reference, form);
		expect(await readCase(second)).toMatchObject({ restricted: true, handlingUnitId: office.root.id });
	});

	test('proposes an officer whom the second text names, also one who was cleared in the first report', async () => {
		const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['handler'], 'Rahmawati Tandipau');
		const { reference } = await makeCase(office.unit, { body: 'Antrean lama. Ibu Rahmawati ramah sekali.' });
		await act(changeNamedOfficers, office.handler, reference, { officer: officer.id, action: 'clear' });
		const part = await split(reference, { body: 'Setelah itu Ibu Rahmawati meminta uang.' });
		expect(await rowsOfCase(caseOfficers, part)).toMatchObject([{ officerId: officer.id, state: 'proposed' }]);
		await expect(caseForActor(named, part)).rejects.toMatchObject({ name: 'NotFound' });
		await caseForActor(named, reference);
	});

	test('lets only its reporter open one report from the other', async () => {
		const { reference } = await makeCase(office.unit);
		const stranger = await makeCase(office.unit);
		const part = await split(reference);
		const siblingOf = async (from: string, to: string) =>
			trackedSibling(await caseForReporter(await trackedCase(from)), to);
		expect(await siblingOf(reference, part)).toMatchObject(await trackedCase(part));
		expect((await seenByReporter(part)).split).toMatchObject([{ reference, whole: true }]);
		expect((await seenByReporter(reference)).split).toMatchObject([{ reference: part, whole: false }]);
		expect(await siblingOf(part, reference)).toMatchObject(await trackedCase(reference));
		for (const [from, to] of [
			[stranger.reference, part],
			[reference, stranger.reference]
		] as const)
			await expect(siblingOf(from, to)).rejects.toMatchObject({ name: 'NotFound' });
	});
});

test('deadlines are unchanged after a hand-over to another office and back', async () => {
	const other = await makeUnit({ parent: office.root });
	const { reference } = await makeCase(office.unit);
	await bringTo(office, reference, 'in_progress');
	const all = async () => {
		const { id } = await readCase(reference);
		const rows = await db().select().from(clocks).where(eq(clocks.caseId, id)).orderBy(clocks.name);
		return rows.map(({ name, startAt, dueAt, state }) => ({ name, startAt, dueAt, state }));
	};
	const before = await all();
	const above = await makeActor([[office.root.id, 'supervisor']]);
	for (const unit of [other.code, office.unit.code]) {
		const form = await on(reference, { unit, reason: 'Salah alamat, dipindahkan.' });
		await handOverCase(above, reference, form);
	}
	expect(await all()).toEqual(before);
});
