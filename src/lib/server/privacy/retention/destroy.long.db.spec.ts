import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq, isNotNull, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { RetentionPart } from '#lib/privacy/retention.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { sweepFiles } from '#lib/server/attachments/store.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { destructions, tombstones } from '#lib/server/db/schema/retention.ts';
import { caseSearch } from '#lib/server/db/schema/search.ts';
import { backupFolder, env } from '#lib/server/env.ts';
import { escalationView } from '#lib/server/escalation/view.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { useLapor } from '#lib/dev/testing/lapor.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { act, seenByReporter, readCase } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { confirmedDestruction, DECREE, inFiles, inTables } from '#lib/dev/testing/retention/destroying.ts';
import {
	CONTACTS,
	fullCase,
	fullOffice,
	PEOPLE,
	wordsOutsideCases,
	type FullOffice
} from '#lib/dev/testing/retention/full-case.ts';
import { recordBreach } from '../breaches/book.ts';
import { afterDestruction, countPart, destroyPart, type SubjectId } from './destroy.ts';
import { healJournal, JOURNAL, readJournal } from './journal.ts';

const lapor = useLapor();
useMailServer();

const WORDS = [...Object.values(PEOPLE), ...CONTACTS];
let office: FullOffice;
beforeEach(async () => {
	office = await fullOffice();
});

async function destroy(part: RetentionPart, ids: readonly SubjectId[], about: { destructionId: string }) {
	const destroyed = await transaction((tx) => destroyPart(tx, part, ids, about));
	await afterDestruction([destroyed]);
	return destroyed;
}

/** Ids of the entries of the audit log. */
const logIds = async () => (await db().select({ id: auditEntries.id }).from(auditEntries)).map(({ id }) => id);
const rowOf = async (id: number) => (await db().select().from(cases).where(eq(cases.id, id)))[0];
const filesOnDisk = async () =>
	(await readdir(join(env().DATA_DIR, 'files'), { recursive: true })).filter((name) => /[0-9a-f-]{36}$/.test(name));

const idOf = async (reference: string) => (await readCase(reference)).id;
const caseBody = 'Antrean di loket tidak bergerak selama satu jam.';
const bodiesOf = (ids: readonly number[]) => Promise.all(ids.map(async (id) => (await rowOf(id))?.body));

async function exportFile(): Promise<void> {
	const [row] = await db()
		.insert(caseExports)
		.values({
			accountId: office.handler.accountId ?? '',
			format: 'csv',
			query: '',
			lang: 'id',
			state: 'done',
			attempts: 1,
			createdAt: new Date()
		})
		.returning();
	await mkdir(join(env().DATA_DIR, 'exports'), { recursive: true });
	await writeFile(join(env().DATA_DIR, 'exports', `${row?.id}-1`), WORDS.join('\n'));
}

test('everything that was written in a case and outside is destroyed, and found in no table and no file', async () => {
	const full = await fullCase(office, lapor);
	const externalId = `1@komputer-${PEOPLE.witness}.example`;
	await db().update(incomingMessages).set({ externalId }).where(eq(incomingMessages.unitId, office.unit.id));
	const [forward] = await db()
		.update(escalations)
		.set({ task: 'gone' })
		.where(eq(escalations.caseId, full.id))
		.returning({ id: escalations.id });
	const { ratingId, formId, visitId } = await wordsOutsideCases(office);
	const other = await makeCase(office.unit, { body: 'Antrean panjang sekali di loket tiga.' });
	await exportFile();
	const before = await rowOf(full.id);
	expect(await db().$count(messages, isNotNull(messages.submissionHash))).toBeGreaterThan(0);
	const hits = await inTables(WORDS);
	expect(new Set(hits.map((hit) => hit.split(': ')[1]))).toEqual(new Set(WORDS));
	expect((await filesOnDisk()).length).toBe(5);
	const parts: Partial<Record<RetentionPart, SubjectId[]>> = {
		identity: [full.id],
		text: [full.id],
		files: [full.id],
		letters: [full.id],
		guest_book: [visitId],
		rating_comments: [ratingId, formId],
		log: await logIds()
	};
	const about = await confirmedDestruction(office.unit.id, parts);
	for (const [part, ids] of Object.entries(parts)) {
		const counted = await countPart(db(), part as RetentionPart, ids);
		const destroyed = await destroy(part as RetentionPart, ids, about);
		expect({ rows: destroyed.rows, files: destroyed.files.length }, part).toEqual(counted);
		expect(counted.rows, part).toBeGreaterThan(0);
		expect(await countPart(db(), part as RetentionPart, ids), part).toEqual({ rows: 0, files: 0 });
	}
	expect(await inTables(WORDS)).toEqual([]);
	expect(await inFiles(env().DATA_DIR, WORDS)).toEqual([]);
	expect(await filesOnDisk()).toEqual([]);
	// The row stays for the figures, with its number, dates, status and class.
	const {
		title: _title,
		body,
		requestedSolution,
		reporterSealed,
		reporterHash,
		reporterWords,
		contentHash,
		destroyedAt,
		...kept
	} = (await rowOf(full.id)) ?? {};
	expect(before).toMatchObject(kept);
	expect(body).toBe('');
	expect([requestedSolution, reporterSealed, reporterHash, reporterWords]).toEqual([null, null, null, null]);
	expect(contentHash).toBe('');
	const forms = await db().select({ hash: messages.submissionHash }).from(messages).where(eq(messages.caseId, full.id));
	expect(new Set(forms.map(({ hash }) => hash))).toEqual(new Set([null]));
	const marks = sql<string>`array_to_string(tsvector_to_array(document), ' ')`;
	const [searched] = await db().select({ marks }).from(caseSearch).where(eq(caseSearch.caseId, full.id));
	expect(searched?.marks).not.toContain('#n');
	expect(destroyedAt).not.toBeNull();
	const [rating] = await db().select().from(ratings).where(eq(ratings.id, ratingId));
	expect(rating).toMatchObject({ score: 2, comment: null });
	expect(await db().select().from(tombstones).where(eq(tombstones.part, 'text'))).toMatchObject([
		{ subjectId: String(full.id), reference: full.reference, months: 60, jraCode: 'HM.03.01', ...about, ...DECREE }
	]);
	// The desk and the reporter see the decree and no words, and no verb is possible any more.
	const destroyed = { number: DECREE.decreeNumber, on: DECREE.decreeOn };
	const shown = await deskCase(office.handler, full.reference);
	const none = { timeline: [], conversation: [], files: [], clarifications: [], reporter: null };
	expect(shown).toMatchObject({ destroyed, ...none });
	expect(Object.values(shown.may).filter(Boolean)).toEqual([]);
	const forwarded = { destroyed: true, task: null, resendable: false, numberTyped: false };
	expect(await escalationView(office.handler, forward?.id ?? '')).toMatchObject(forwarded);
	const seen = await seenByReporter(full.reference);
	expect(seen).toMatchObject({ destroyed, body: '', entries: [], messages: [], attachments: [] });
	expect(Object.values(seen.may).filter(Boolean)).toEqual([]);
	expect(await ownQuestions(office.officerActor)).toEqual([]);
	for (const write of [
		() => act(writeMessage, office.handler, full.reference, { public: false, body: 'Catatan.' }),
		() => writeToOffice(full.id, { body: 'Apakah masih ada kabar untuk saya?' }),
		() => submitObjection(full.id, { body: 'Jawaban itu tidak menyelesaikan masalah saya.' })
	])
		await expect(write()).rejects.toMatchObject({ present: { reason: 'destroyed' } });
	expect((await deskCase(office.handler, other.reference)).body).toBe('Antrean panjang sekali di loket tiga.');
	expect(await inTables(['loket'])).toContain('public.search_words: loket');
});

test('nothing is destroyed without a decree, outside the destruction, or if a person left it out', async () => {
	const newCase = async () => idOf((await makeCase(office.unit)).reference);
	const [first, second, third] = [await newCase(), await newCase(), await newCase()];
	const about = await confirmedDestruction(office.unit.id, { text: [first, second] }, [second]);
	expect((await destroy('text', [first, second, third], about)).rows).toBeGreaterThan(0);
	expect(await bodiesOf([first, second, third])).toEqual(['', caseBody, caseBody]);
	const undecided = await confirmedDestruction(office.unit.id, { text: [third] });
	await db().update(destructions).set({ decreeNumber: null }).where(eq(destructions.id, undecided.destructionId));
	await expect(destroy('text', [third], undecided)).rejects.toThrow();
	expect(await bodiesOf([third])).toEqual([caseBody]);
});

test('destroying the text also destroys the note on how an anonymous reporter was notified of a breach', async () => {
	const id = await idOf((await makeCase(office.unit)).reference);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const facts = { title: 'Insiden', what: 'Daftar terkirim keliru.', foundBy: 'Petugas', dataKinds: 'Nama' };
	const breachId = await recordBreach(admin, { unitId: office.unit.id, ...facts });
	const told = { toldAt: new Date(), toldHow: 'Bertemu Bu Contoh di loket.' };
	await db()
		.insert(breachSubjects)
		.values({ breachId, caseId: id, addedAt: new Date(), ...told });
	await destroy('text', [id], await confirmedDestruction(office.unit.id, { text: [id] }));
	expect(await db().select().from(breachSubjects).where(eq(breachSubjects.caseId, id))).toMatchObject([
		{ toldAt: told.toldAt, toldHow: null }
	]);
});

test('files that arrive later and are destroyed by a second decree have their own tombstone and line in the journal', async () => {
	const file = { name: 'loket.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') };
	const { reference } = await makeCase(office.unit, {}, { files: [file] });
	const id = await idOf(reference);
	const destroyedBy = async (): Promise<string> => {
		const about = await confirmedDestruction(office.unit.id, { files: [id] });
		expect(await destroy('files', [id], about)).toMatchObject({ rows: 1, files: [expect.any(String)] });
		return about.destructionId;
	};
	const first = await destroyedBy();
	await writeToOffice(id, { body: 'Ini foto lain dari loket yang sama.' }, [file]);
	const both = [first, await destroyedBy()];
	const laid = await db().select().from(tombstones).where(eq(tombstones.reference, reference)).orderBy(tombstones.id);
	expect(laid.map(({ destructionId }) => destructionId)).toEqual(both);
	const lines = (await readJournal(backupFolder(), false))?.filter(({ ids }) => ids.includes(String(id)));
	expect(lines?.map(({ destructionId, ids }) => [destructionId, ids])).toEqual(both.map((one) => [one, [String(id)]]));
});

test('a destruction that was interrupted is repeated without harm, and its journal and files are completed', async () => {
	const file = { name: 'loket.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') };
	const { reference } = await makeCase(office.unit, {}, { files: [file] });
	const id = await idOf(reference);
	const about = await confirmedDestruction(office.unit.id, { text: [id], files: [id] });
	const lines = async () =>
		(await readJournal(backupFolder(), false))?.filter(({ destructionId }) => destructionId === about.destructionId);
	// The process ends before the commit: nothing has happened.
	await expect(
		transaction(async (tx) => {
			await destroyPart(tx, 'text', [id], about);
			throw new Error('killed');
		})
	).rejects.toThrow('killed');
	await healJournal();
	expect(await bodiesOf([id])).toEqual([caseBody]);
	expect(await lines()).toEqual([]);
	// The process ends after the commit, and a power cut cuts the journal's last line.
	await transaction((tx) => destroyPart(tx, 'text', [id], about));
	await transaction((tx) => destroyPart(tx, 'files', [id], about));
	await appendFile(join(backupFolder(), JOURNAL), `{"destructionId":"${about.destructionId}","ids":[`);
	expect(await filesOnDisk()).toHaveLength(1);
	expect(await destroy('text', [id], about)).toEqual({ rows: 0, files: [] });
	expect(await destroy('files', [id], about)).toEqual({ rows: 0, files: [] });
	expect((await lines())?.map(({ part, ids }) => [part, ids])).toEqual([
		['text', [String(id)]],
		['files', [String(id)]]
	]);
	await withClock(() => new Date(Date.now() + 2 * DAY_MS), sweepFiles);
	expect(await filesOnDisk()).toEqual([]);
	// A second look adds nothing.
	await healJournal();
	expect(await lines()).toHaveLength(2);
});
