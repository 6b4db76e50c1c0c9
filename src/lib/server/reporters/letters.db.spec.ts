import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { dispute, sayToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { stopToken } from '#lib/server/cases/reporter-mail.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/reporter-turns.ts';
import { reporterLetters, stoppedBy, stopLetters } from '#lib/server/channels/reporter-stop.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { at, bringTo, on, standing } from '#lib/dev/testing/office.ts';
import { deliverOf, lettersOf, reportWithAddress, writeOfStory } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
const server = useMailServer();

const BODY = 'Antrean di loket tidak bergerak selama satu jam penuh.';
const MONDAY = '2026-11-23T02:00:00Z';
const subjects = async (reference: string) =>
	(await lettersOf(reference)).map(({ subject }) => subject.slice(subject.indexOf(': ') + 2));

describe('what a reporter is written of', () => {
	it('is each turn of the story once, however often its job runs, and never what was said in it', async () => {
		const { reference, receipt, email } = await reportWithAddress(office.unit, { body: BODY });
		await bringTo(office, reference, 'needs_info');
		await writeOfStory(reference);
		await writeOfStory(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima', 'kami perlu keterangan dari Anda']);
		await deliverOf(reference);
		const letters = server.letters();
		expect(letters.map(({ to }) => to)).toEqual([email, email]);
		for (const { raw, text } of letters) {
			expect(text).toContain(`Nomor laporan: ${reference}`);
			expect(text).toContain(`Kantor: ${office.unit.name}`);
			const code = receipt ?? '';
			for (const word of ['Antrean', 'loket', 'Tanggal berapa', 'Andi', code, code.replaceAll('-', '')])
				expect(raw).not.toContain(word);
		}
	});

	it('is the answer and, after the second dispute, the final one with the way out', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		await bringTo(office, reference, 'answered');
		await writeOfStory(reference);
		for (const body of ['Belum menjawab pertanyaan saya.', 'Masih belum menjawab.']) {
			await dispute((await standing(reference)).id, { body });
			await answerCase(office.supervisor, reference, await on(reference, { body: 'Sudah kami perbaiki sekarang.' }));
		}
		await writeOfStory(reference);
		expect(await subjects(reference)).toContain('jawaban akhir');
		const last = (await lettersOf(reference)).find(({ subject }) => subject.endsWith('jawaban akhir'));
		expect(last?.body).toContain('Ombudsman');
	});

	it('is a closing, with the day until which the reporter may object', async () => {
		const { reference } = await at(MONDAY, () => reportWithAddress(office.unit, { kind: 'suggestion' }));
		const reason = { reason: 'out_of_scope', note: 'Bukan layanan kami.' };
		await at(MONDAY, async () => archiveCase(office.handler, reference, await on(reference, reason)));
		await at(MONDAY, () => writeOfStory(reference));
		const [, closed] = await lettersOf(reference);
		expect(closed?.subject).toContain('ditutup tanpa tindak lanjut');
		expect(closed?.body).toContain('Keberatan ditunggu paling lambat: Senin, 7 Desember 2026');
		expect(closed?.body).not.toContain('Bukan layanan');
	});

	it('is that an objection was declined, with the way out and without the reason', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		const { id } = await bringTo(office, reference, 'archived');
		await dispute(id, { body: 'Ini urusan kantor Anda.' });
		const reason = 'Diurus dinas perhubungan.';
		await declineObjection(office.supervisor, reference, await on(reference, { reason }));
		await writeOfStory(reference);
		await writeOfStory(reference);
		const told = (await lettersOf(reference)).filter(({ subject }) => subject.endsWith('sudah diputuskan'));
		expect(told).toMatchObject([{ subject: expect.stringContaining('keberatan Anda sudah diputuskan') as string }]);
		expect(told[0]?.body).toContain('Ombudsman');
		expect(told[0]?.body).not.toContain('perhubungan');
	});

	it('is both reminders of a question, and that the report was closed where none of them helped', async () => {
		const { reference } = await at(MONDAY, () => reportWithAddress(office.unit, { kind: 'suggestion' }));
		const question = { body: 'Kapan kejadiannya?' };
		await at(MONDAY, async () => askReporter(office.handler, reference, await on(reference, question)));
		for (let day = '2026-11-24'; day <= '2026-12-09'; day = addDays(day, 1)) {
			await at(`${day}T09:00:00Z`, async () => {
				await sweepReporterTurns();
				await writeOfStory(reference);
			});
		}
		expect(await subjects(reference)).toEqual([
			'sudah kami terima',
			'kami perlu keterangan dari Anda',
			'pengingat, menunggu jawaban Anda',
			'pengingat, menunggu jawaban Anda',
			'ditutup tanpa tindak lanjut'
		]);
	});

	it('is nothing that is over by the time of the job', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		await bringTo(office, reference, 'needs_info');
		await sayToOffice((await standing(reference)).id, { body: 'Kejadiannya hari Senin pagi.' });
		await writeOfStory(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima']);
	});

	it('is a message and a code that was replaced; their own words are no news', async () => {
		const { reference } = await reportWithAddress(office.unit);
		for (const said of [
			{ body: 'Kami sedang memeriksanya.', public: true },
			{ body: 'Tanya bagian umum.', public: false }
		])
			await writeMessage(office.handler, reference, await on(reference, said));
		await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
		await writeOfStory(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima', 'ada pesan dari kantor', 'kode rahasia diganti']);
	});

	it('is the part of a report that got a number of its own', async () => {
		const { reference } = await reportWithAddress(office.unit);
		await bringTo(office, reference, 'verified');
		const given = { kind: 'suggestion', body: 'Kursi ruang tunggu kurang banyak sekali.', submission_id: 'pisah-0001' };
		const part = await splitCase(office.handler, reference, await on(reference, given));
		await writeOfStory(part);
		expect(await subjects(part)).toEqual(['bagian dari laporan Anda']);
	});
});

describe('whom letters reach', () => {
	it('are those who gave an address, in the language of their form', async () => {
		const nameless = await makeCase(office.unit);
		const reporter = { name: 'Andi Contoh', phone: '081200000001' };
		const byPhone = await makeCase(office.unit, { identity: 'named', reporter });
		const english = await reportWithAddress(office.unit, { identity: 'withheld' }, { language: 'en' });
		for (const { reference } of [nameless, byPhone, english]) await writeOfStory(reference);
		expect(await lettersOf(nameless.reference)).toEqual([]);
		expect(await lettersOf(byPhone.reference)).toEqual([]);
		expect(await subjects(english.reference)).toEqual(['we have received it']);
	});

	it('are none without a mail server, and nobody’s whose form looked like no person’s', async () => {
		const doubtful = await reportWithAddress(office.unit, {}, { flagged: true });
		await writeOfStory(doubtful.reference);
		expect(await lettersOf(doubtful.reference)).toEqual([]);
		const { reference } = await reportWithAddress(office.unit);
		overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
		await writeOfStory(reference);
		expect(await db().select().from(mails)).toEqual([]);
	});

	it('fill nobody’s mailbox: the sixth report of a day under one address is received without a letter', async () => {
		overrideEnv({ LIMITS: true });
		const reporter = { name: 'Andi Contoh', email: 'korban@contoh.invalid' };
		const written: number[] = [];
		for (let n = 0; n < 6; n++) {
			const { reference } = await makeCase(office.unit, { identity: 'named', reporter });
			await writeOfStory(reference);
			written.push((await lettersOf(reference)).length);
		}
		expect(written).toEqual([1, 1, 1, 1, 1, 0]);
	});

	it('stand in no column: the address leaves with the letter and stays in the case, sealed', async () => {
		const { reference, email } = await reportWithAddress(office.unit, { identity: 'withheld' });
		await writeOfStory(reference);
		const rows = await db().select().from(mails);
		expect(JSON.stringify(rows)).not.toContain(email);
		await deliverOf(reference);
		expect(server.letters()).toMatchObject([{ to: email }]);
	});

	it('is nobody any more where the person was forgotten while the letter waited', async () => {
		const { reference } = await reportWithAddress(office.unit);
		await writeOfStory(reference);
		await db().update(cases).set({ reporterSealed: null }).where(eq(cases.reference, reference));
		await deliverOf(reference);
		expect(server.letters()).toEqual([]);
		expect(await lettersOf(reference)).toMatchObject([{ state: 'withdrawn' }]);
	});
});

describe('a reporter who wants no e-mails', () => {
	it('says so by the link in each of them, which mail programs know too and which tells nothing of the case', async () => {
		const { reference } = await reportWithAddress(office.unit);
		const { id } = await standing(reference);
		await writeOfStory(reference);
		await deliverOf(reference);
		const [letter] = server.letters();
		const link = /<(.+)>/.exec(letter?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
		expect(letter?.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
		expect(letter?.text).toContain(link);
		expect(link).toMatch(/\/surel\/[\w-]{32}$/);
		expect(link).not.toContain(String(id));

		const token = link.split('/').at(-1) ?? '';
		expect(await stoppedBy(token)).toBe('none');
		expect(await reporterLetters(id)).toEqual({ state: 'wanted', stop: `/surel/${token}` });
		// As the mail program sends it.
		expect(await stopLetters(token, { 'List-Unsubscribe': 'One-Click' })).toBe('case');
		await bringTo(office, reference, 'needs_info');
		await writeOfStory(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima']);
		await stopLetters(token, { wish: 'none' });
		await writeOfStory(reference);
		expect(await subjects(reference)).toContain('kami perlu keterangan dari Anda');
	});

	it('gets none that waited, of this case or, where all are stopped, of another under the same address', async () => {
		const reporter = { name: 'Andi Contoh', email: 'tidakmau@contoh.invalid' };
		const one = await makeCase(office.unit, { identity: 'named', reporter });
		const written = { ...reporter, email: 'TidakMau@contoh.invalid' };
		const other = await makeCase(office.unit, { identity: 'named', reporter: written });
		for (const { reference } of [one, other]) await writeOfStory(reference);
		const token = stopToken((await standing(one.reference)).id);
		await stopLetters(token, { wish: 'all' });
		expect(await stoppedBy(token)).toBe('all');
		for (const { reference } of [one, other]) {
			await deliverOf(reference);
			expect(await lettersOf(reference)).toMatchObject([{ state: 'withdrawn' }]);
		}
		expect(server.letters()).toEqual([]);
	});

	it('sees on the page of the report how letters stand, where there are any', async () => {
		const { reference } = await reportWithAddress(office.unit);
		const { id } = await standing(reference);
		await stopLetters(stopToken(id), { wish: 'all' });
		expect(await reporterLetters(id)).toMatchObject({ state: 'stopped' });
		expect(await reporterLetters((await standing((await makeCase(office.unit)).reference)).id)).toBeNull();
	});

	it('finds nothing behind a link that was guessed', async () => {
		await expect(stoppedBy('a'.repeat(32))).rejects.toMatchObject({ name: 'NotFound' });
		await expect(stopLetters('a'.repeat(32), {})).rejects.toMatchObject({ name: 'NotFound' });
	});
});
