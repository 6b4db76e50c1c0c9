import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Identity } from '#lib/cases/vocabulary.ts';
import { caseCopySchema } from '#lib/privacy/case-copy.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { addFilesToCase } from '#lib/server/cases/files.ts';
import { caseForActor, caseForReporter } from '#lib/server/cases/find.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { linkCase } from '#lib/server/cases/linking/link.ts';
import { answerQuestion, askOfficer, ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { revealReporter } from '#lib/server/cases/reveal-reporter.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { BUDGETS, consume } from '#lib/server/rate-limits.ts';
import { addAffected, listAffected } from '#lib/server/privacy/breaches/affected.ts';
import { recordBreach } from '#lib/server/privacy/breaches/book.ts';
import { saveLetter } from '#lib/server/privacy/breaches/letters.ts';
import { writeReporterMails } from '#lib/dev/testing/reporters.ts';
import { pdfPages, wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeActor, makeCase, makeOfficer, makeOfficerWithAccount, makePlace } from '#lib/dev/testing/factories.ts';
import { act, approve, bringTo, lastEntry, nameOfficer, readCase, trackedCase } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import type { CopyReader } from '#lib/server/privacy/copy/case-copy.ts';
import { caseCopyResponse } from './case-copy-pdf.ts';

const office = useOffice();

const CONTACT = { name: 'Pelapor Contoh Tiga', phone: '081234567893', email: 'pelapor3@contoh.invalid' };
const OWN = {
	title: 'Antrean panjang di loket',
	body: 'Loket satu tutup sejak pagi dan antrean mencapai pintu.',
	requested_solution: 'Buka loket kedua pada hari Senin.',
	incident_on: '2026-10-05'
};

/** A report with everything that others wrote around it. */
async function fullCase(identity: Identity) {
	const { handler, supervisor, unit } = office;
	const photo = {
		name: 'rahasia.png',
		type: 'image/png',
		bytes: new Uint8Array(await fourColourImage().png().toBuffer())
	};
	const given = identity === 'none' ? {} : { reporter: CONTACT };
	const { reference } = await makeCase(unit, { ...OWN, ...given, identity }, { files: [photo] });
	const [officer, named] = await makeOfficerWithAccount(unit.id, ['handler'], 'Zulkifli Petugas');
	await nameOfficer(handler, reference, officer);
	await act(askOfficer, handler, reference, { officer: officer.id, question: 'Bagaimana jadwal loket hari itu?' });
	const [question] = await ownQuestions(named);
	await answerQuestion(named, question?.id ?? '', { answer: 'Saya bertugas di loket dua.' });
	await act(askReporter, handler, reference, { body: 'Pukul berapa kejadiannya?' });
	const { id } = await readCase(reference);
	await writeToOffice(id, { body: 'Sekitar pukul sembilan pagi.' }, [photo]);
	await act(writeMessage, handler, reference, { body: 'Dugaan intern: pelapor sering datang.', public: false });
	if (identity === 'withheld')
		await revealReporter(handler, reference, { reason: 'Pelapor minta ditelepon hari ini.' });
	const other = await makeCase(unit, {
		body: 'Tulisan warga lain tentang antrean yang sama.',
		identity: 'named',
		reporter: { name: 'Tetangga Contoh', phone: '081234567899' }
	});
	await act(linkCase, handler, other.reference, { main: reference });
	const matter = { title: 'Kursi tunggu rusak', body: 'Kursi tunggu rusak sejak lama.', kind: 'complaint', files: [] };
	const part = await act(splitCase, handler, reference, { ...matter, submission_id: crypto.randomUUID() });
	await bringTo(office, reference, 'in_progress');
	await act(answerCase, handler, reference, { body: 'Rancangan pertama yang keliru.' });
	await act(decideDraft, supervisor, reference, { decision: 'send_back', reason: 'Kalimatnya terlalu kasar.' });
	await act(answerCase, handler, reference, { body: 'Loket kedua dibuka mulai Senin.' });
	await approve(supervisor, reference);
	await submitObjection(id, { body: 'Senin kemarin loket masih tutup.' });
	await act(answerCase, handler, reference, { body: 'Rancangan kedua yang belum terbit.' });
	await writeReporterMails(reference);
	const secrets = [
		...['Zulkifli', 'Dugaan intern', 'Bagaimana jadwal', 'Saya bertugas', 'Tulisan warga lain', 'Tetangga Contoh'],
		...['081234567899', other.reference, 'Rancangan pertama', 'terlalu kasar', 'Rancangan kedua', 'rahasia.png'],
		...[handler, supervisor].flatMap(({ name, accountId }) => [name, accountId ?? ''])
	];
	return { reference, part, secrets };
}

async function read(reference: string, file: string, reader: CopyReader = 'reporter') {
	const found =
		reader === 'reporter' ? await caseForReporter(await trackedCase(reference)) : await caseForActor(reader, reference);
	const response = await caseCopyResponse(found, reader, file, 'id');
	expect(response.headers.get('cache-control')).toBe('private, no-store');
	return new Uint8Array(await response.arrayBuffer());
}
const readJson = async (reference: string, reader?: CopyReader) =>
	Buffer.from(await read(reference, 'salinan.json', reader)).toString();
const readPdf = async (reference: string, reader?: CopyReader) => {
	const pages = await wordsOfPages(await read(reference, 'salinan.pdf', reader));
	return { text: pages.join(' '), pages: pages.length };
};

test.for(['named', 'withheld', 'none'] as const)(
	'the copy of a report with identity %s has everything of the reporter and nothing of others',
	async (identity) => {
		const { reference, part, secrets } = await fullCase(identity);
		const json = await readJson(reference);
		const { text: pdf, pages } = await readPdf(reference);
		for (const secret of secrets) {
			expect(json, secret).not.toContain(secret);
			// A long word can be broken over two lines.
			expect(pdf.replaceAll(' ', ''), secret).not.toContain(secret.replaceAll(' ', ''));
		}
		const own = [
			...[reference, part, OWN.title, OWN.body, OWN.requested_solution, 'Sekitar pukul sembilan pagi.'],
			...['Pukul berapa kejadiannya?', 'Loket kedua dibuka mulai Senin.', 'Senin kemarin loket masih tutup.'],
			...['Foto 1.jpg', 'Foto 2.jpg', 'Kursi tunggu rusak sejak lama.'],
			...(identity === 'none' ? [] : Object.values(CONTACT)),
			...(identity === 'withheld' ? ['Pelapor minta ditelepon hari ini.'] : [])
		];
		for (const words of own) {
			expect(json).toContain(words);
			expect(pdf).toContain(words);
		}
		const [copied, split] = caseCopySchema.parse(JSON.parse(json, revived)).reports;
		// Codes for computers are only in the copy for computers.
		expect(pdf).not.toContain('SHA-256');
		expect(copied).toMatchObject({
			status: 'in_progress',
			incident_on: '2026-10-05',
			consents: {
				publication: false,
				identity_to_lapor: false,
				emails: identity === 'none' ? null : 'wanted',
				history: identity === 'none' ? [] : [{ kind: 'reporter_mail', given: true }]
			},
			files: [{ from: 'reporter', media_type: 'image/jpeg' }, { from: 'reporter' }],
			openings: identity === 'withheld' ? [{ by: 'office', reason: 'Pelapor minta ditelepon hari ini.' }] : []
		});
		expect(copied?.messages.map(({ from, kind }) => `${from} ${kind}`)).toEqual([
			'office question',
			'reporter message',
			'office answer',
			'reporter message'
		]);
		expect(split).toMatchObject({ reference: part, relation: 'split' });
		expect(pdf).toMatch(/Balasan pertama paling lambat [^·]+ · Terpenuhi ·/);
		// Two pictures, on pages of their own after the text.
		expect(pages).toBeGreaterThan(4);
	}
);

/** Times of the file as dates. */
const revived = (key: string, value: unknown) =>
	(key === 'at' || key.endsWith('_at')) && typeof value === 'string' ? new Date(value) : value;

test('the receipt of a split part gives the same reports, and each download is on their timelines', async () => {
	const { reference, part } = await fullCase('none');
	const copy = JSON.parse(await readJson(part)) as { made_at: string; reports: { reference: string }[] };
	expect(copy.reports.map((report) => report.reference)).toEqual([part, reference]);
	expect(copy.made_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
	for (const one of [reference, part])
		expect(await lastEntry(one, 'copy_downloaded')).toMatchObject({
			actorKind: 'reporter',
			public: true,
			data: { format: 'json' }
		});
	await expect(read(reference, 'salinan.xml')).rejects.toMatchObject({ name: 'NotFound' });
});

test('a copy made at the counter leaves out a withheld contact and reports that the staff member may not see', async () => {
	const { handler, supervisor } = office;
	const { reference, part } = await fullCase('withheld');
	const json = await readJson(reference, handler);
	for (const value of Object.values(CONTACT)) expect(json).not.toContain(value);
	expect(JSON.parse(json)).toMatchObject({ reports: [{ identity: { name: null, left_out: true } }, {}] });
	expect((await readPdf(reference, handler)).text).toContain('karena nama Anda dirahasiakan');
	const taken = and(eq(auditEntries.action, 'list.exported'), eq(auditEntries.subject, 'case_copy'));
	const log = await db().select().from(auditEntries).where(taken).orderBy(auditEntries.id);
	expect(log.map(({ actorId, after }) => [actorId, after])).toMatchObject([
		[handler.accountId, { filter: { reference, format: 'json' }, rows: 1, complete: true }],
		[handler.accountId, { filter: { reference, format: 'pdf' } }]
	]);
	expect(await lastEntry(reference, 'copy_downloaded')).toMatchObject({ actorKind: 'staff', data: { format: 'pdf' } });
	await db().update(cases).set({ restricted: true }).where(eq(cases.reference, part));
	const without = await readJson(reference, handler);
	for (const hidden of ['Kursi tunggu rusak sejak lama.', part]) expect(without).not.toContain(hidden);
	expect(await readJson(reference, supervisor)).toContain('Kursi tunggu rusak sejak lama.');
});

test('the copy has a published notice of a breach, and making it is no visit of the reporter', async () => {
	const { reference } = await makeCase(office.unit, OWN);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const breach = { title: 'Daftar terkirim keliru', what: 'Ke alamat lain.', foundBy: 'Petugas', dataKinds: 'Nama' };
	const id = await recordBreach(admin, { unitId: office.unit.id, ...breach });
	await addAffected(admin, id, { way: 'number', first: reference });
	const letter = { to: 'people', addressee: 'Pelapor', body: 'Laporan Anda terkirim ke alamat yang salah.' };
	await saveLetter(admin, id, { ...letter, version: 0 });
	expect(await readJson(reference)).not.toContain(letter.body);
	await saveLetter(admin, id, { ...letter, version: 1, sent: 'true' });
	const copy = JSON.parse(await readJson(reference, office.handler)) as object;
	expect(copy).toMatchObject({ reports: [{ breach_notices: [{ body: letter.body }] }] });
	expect((await readPdf(reference)).text).toContain(letter.body);
	expect((await listAffected(admin, id)).items).toMatchObject([{ seenAt: null }]);
});

test('the copy has the officer and the desk that the reporter chose in the form', async () => {
	const officer = await makeOfficer(office.unit.id, 'Petugas Contoh Pilihan');
	const desk = await makePlace(office.unit.id, { kind: 'desk', officerId: officer.id });
	const { reference } = await makeCase(office.unit, { ...OWN, officer: officer.id, place: desk.id });
	const copy = JSON.parse(await readJson(reference)) as object;
	expect(copy).toMatchObject({ reports: [{ officer: officer.name, place: desk.name }] });
	const { text } = await readPdf(reference);
	for (const name of [officer.name, desk.name]) expect(text).toContain(name);
});

test('an office file is listed, and its picture is not printed', async () => {
	const { reference } = await makeCase(office.unit, OWN);
	const before = (await readPdf(reference)).pages;
	const bytes = new Uint8Array(await fourColourImage().png().toBuffer());
	await bringTo(office, reference, 'in_progress');
	const files = [{ name: 'bukti kantor.png', type: 'image/png', bytes }];
	await act(writeMessage, office.handler, reference, { body: 'Ini foto loket.', public: true }, { files });
	const { text, pages } = await readPdf(reference);
	expect(text).toContain('bukti kantor.jpg');
	await addFilesToCase(office.handler, reference, files);
	expect((await readPdf(reference)).pages).toBe(Math.max(before, pages) + 1);
});

test('each page of a document that the reporter sent is printed', async () => {
	const bytes = new Uint8Array(await pdfPages('Surat pertama.', 'Surat kedua.'));
	const file = { name: 'surat.pdf', type: 'application/pdf', bytes };
	const without = await makeCase(office.unit, OWN);
	const { reference } = await makeCase(office.unit, OWN, { files: [file] });
	const { text, pages } = await readPdf(reference);
	expect(text).toContain('Dokumen 1.pdf');
	expect(pages).toBeGreaterThanOrEqual((await readPdf(without.reference)).pages + 2);
});

test('a reporter makes at most twenty copies of a report a day', async () => {
	const { reference } = await makeCase(office.unit);
	const found = await caseForReporter(await trackedCase(reference));
	for (let n = 0; n < BUDGETS.copy.points; n++) await consume('copy', String(found.row.id));
	await expect(caseCopyResponse(found, 'reporter', 'salinan.json', 'id')).rejects.toMatchObject({
		name: 'TooMany',
		code: 'copy_budget'
	});
});
