import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { declineObjection, submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/close-after-silence.ts';
import { openFromConversation } from '#lib/server/channels/incoming/open-from-conversation.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { decideRequest } from '#lib/server/privacy/requests/decide.ts';
import { recordRequest } from '#lib/server/privacy/requests/receive.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { atTime, bringTo, on, readCase } from '#lib/dev/testing/office.ts';
import {
	deliverReporterMails,
	reporterMailsOf,
	reportWithAddress,
	writeReporterMails
} from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
const server = useMailServer();

const BODY = 'Antrean di loket tidak bergerak selama satu jam penuh.';
const MONDAY = '2026-11-23T02:00:00Z';
const OVERSIGHT = { category: 'cost', class: 'oversight', reason: 'Ada tanda kerugian.' };
const subjects = async (reference: string) =>
	(await reporterMailsOf(reference)).map(({ subject }) => subject.slice(subject.indexOf(': ') + 2));

describe('e-mails to a reporter', () => {
	it('are written once per event, without text of the report or the receipt', async () => {
		const { reference, receipt, email } = await reportWithAddress(office.unit, { body: BODY });
		await bringTo(office, reference, 'needs_info');
		await writeReporterMails(reference);
		await writeReporterMails(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima', 'kami perlu keterangan dari Anda']);
		await deliverReporterMails(reference);
		const sent = server.emails();
		expect(sent.map(({ to }) => to)).toEqual([email, email]);
		for (const { raw, text } of sent) {
			expect(text).toContain(`Nomor laporan: ${reference}`);
			expect(text).toContain(`Kantor: ${office.unit.name}`);
			const code = receipt ?? '';
			for (const word of ['Antrean', 'loket', 'Tanggal berapa', 'Andi', code, code.replaceAll('-', '')])
				expect(raw).not.toContain(word);
		}
	});

	it('are written for an answer and, after the second dispute, for the final answer, which names the Ombudsman', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		await bringTo(office, reference, 'answered');
		await writeReporterMails(reference);
		for (const body of ['Belum menjawab pertanyaan saya.', 'Masih belum menjawab.']) {
			await submitObjection((await readCase(reference)).id, { body });
			await answerCase(office.supervisor, reference, await on(reference, { body: 'Sudah kami perbaiki sekarang.' }));
		}
		await writeReporterMails(reference);
		expect(await subjects(reference)).toContain('jawaban akhir');
		const last = (await reporterMailsOf(reference)).find(({ subject }) => subject.endsWith('jawaban akhir'));
		expect(last?.body).toContain('Ombudsman');
	});

	it('are not written for messages that the reporter gets in the chat by which the report came', async () => {
		const phone = await makeConnection(office.unit, { channel: 'whatsapp' });
		const { conversationId } = await receive(phone, '6281234567890', BODY);
		const reporter = { name: 'Sari Contoh', email: 'sari@warga.example', phone: '081234567890' };
		const { reference } = await openFromConversation(conversationId, { reporter }, office.handler);
		await askReporter(office.handler, reference, await on(reference, { body: 'Tanggal berapa kejadiannya?' }));
		await writeReporterMails(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima']);
		// The chat can't be used any more.
		await db().update(connections).set({ pausedAt: now() }).where(eq(connections.id, phone.id));
		await writeReporterMails(reference);
		expect(await subjects(reference)).toContain('kami perlu keterangan dari Anda');
	});

	it('offer a reply only while the office’s mailbox is read, also to a reporter who used the form', async () => {
		const replies = async () => {
			const { reference } = await reportWithAddress(office.unit, { body: BODY });
			await writeReporterMails(reference);
			const [mail] = await reporterMailsOf(reference);
			return ['membalas e-mail ini', 'tidak dibaca'].filter((words) => mail?.body.includes(words));
		};
		expect(await replies()).toEqual(['tidak dibaca']);
		const { id } = await makeConnection(office.unit);
		expect(await replies()).toEqual(['membalas e-mail ini']);
		await db().update(connections).set({ pausedAt: now() }).where(eq(connections.id, id));
		expect(await replies()).toEqual(['tidak dibaca']);
	});

	it('are written for an archiving, with the last day for an objection', async () => {
		const { reference } = await atTime(MONDAY, () => reportWithAddress(office.unit, { kind: 'suggestion' }));
		const reason = { reason: 'out_of_scope', note: 'Bukan layanan kami.' };
		await atTime(MONDAY, async () => archiveCase(office.handler, reference, await on(reference, reason)));
		await atTime(MONDAY, () => writeReporterMails(reference));
		const [, closed] = await reporterMailsOf(reference);
		expect(closed?.subject).toContain('ditutup tanpa tindak lanjut');
		expect(closed?.body).toContain('Anda dapat berkeberatan paling lambat: Senin, 7 Desember 2026');
		expect(closed?.body).not.toContain('Bukan layanan');
	});

	it('are written for a withdrawal that staff recorded, because the reporter may object', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		await archiveCase(office.handler, reference, await on(reference, { reason: 'withdrawn' }));
		await writeReporterMails(reference);
		expect(await subjects(reference)).toContain('ditutup tanpa tindak lanjut');
	});

	it('are written for a withdrawal that was requested at the counter, because the reporter may object', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		const id = await recordRequest(office.handler, {
			kind: 'report',
			sure: 'on',
			reference,
			unit: office.unit.code,
			check: 'identity_card',
			check_note: 'Cocok dengan nama pada laporan.',
			submission_id: crypto.randomUUID()
		});
		await decideRequest(await makeActor([[office.unit.id, 'admin']]), id, { decision: 'grant', version: 1 });
		await writeReporterMails(reference);
		const closed = (await reporterMailsOf(reference)).find(({ subject }) => subject.includes('tanpa tindak lanjut'));
		expect(closed?.body).toContain('Anda dapat berkeberatan paling lambat');
	});

	it('are written after a change of class, with the new deadline', async () => {
		const { reference } = await atTime(MONDAY, () => reportWithAddress(office.unit));
		await atTime(MONDAY, async () => verifyCase(office.supervisor, reference, await on(reference, OVERSIGHT)));
		await writeReporterMails(reference);
		const { body } = (await reporterMailsOf(reference))[1] ?? {};
		expect(body).toContain('Diselesaikan paling lambat: Senin, 22 Februari 2027');
	});

	it('are written for a declined objection, with the Ombudsman and without the reason', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		const { id } = await bringTo(office, reference, 'archived');
		await submitObjection(id, { body: 'Ini urusan kantor Anda.' });
		const reason = 'Diurus dinas perhubungan.';
		await declineObjection(office.supervisor, reference, await on(reference, { reason }));
		await writeReporterMails(reference);
		await writeReporterMails(reference);
		const told = (await reporterMailsOf(reference)).filter(({ subject }) => subject.endsWith('sudah diputuskan'));
		expect(told).toMatchObject([{ subject: expect.stringContaining('keberatan Anda sudah diputuskan') as string }]);
		expect(told[0]?.body).toContain('Ombudsman');
		expect(told[0]?.body).not.toContain('perhubungan');
	});

	it('are written for both reminders of a question, and for the archiving after no reply', async () => {
		const { reference } = await atTime(MONDAY, () => reportWithAddress(office.unit, { kind: 'suggestion' }));
		const question = { body: 'Kapan kejadiannya?' };
		await atTime(MONDAY, async () => askReporter(office.handler, reference, await on(reference, question)));
		for (let day = '2026-11-24'; day <= '2026-12-09'; day = addDays(day, 1)) {
			await atTime(`${day}T09:00:00Z`, async () => {
				await sweepReporterTurns();
				await writeReporterMails(reference);
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

	it('are not written for a question that was answered before the job ran', async () => {
		const { reference } = await reportWithAddress(office.unit, { kind: 'suggestion' });
		await bringTo(office, reference, 'needs_info');
		await writeToOffice((await readCase(reference)).id, { body: 'Kejadiannya hari Senin pagi.' });
		await writeReporterMails(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima']);
	});

	it('are written for a public message and a new receipt, not for an internal note', async () => {
		const { reference } = await reportWithAddress(office.unit);
		for (const said of [
			{ body: 'Kami sedang memeriksanya.', public: true },
			{ body: 'Tanya bagian umum.', public: false }
		])
			await writeMessage(office.handler, reference, await on(reference, said));
		await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
		await writeReporterMails(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima', 'ada pesan dari kantor', 'kode rahasia diganti']);
	});

	it('are written for a part that was split off', async () => {
		const { reference } = await reportWithAddress(office.unit);
		await bringTo(office, reference, 'verified');
		const given = { kind: 'suggestion', body: 'Kursi ruang tunggu kurang banyak sekali.', submission_id: 'pisah-0001' };
		const part = await splitCase(office.handler, reference, await on(reference, given));
		await writeReporterMails(part);
		expect(await subjects(part)).toEqual(['bagian dari laporan Anda']);
	});
});

describe('recipients of e-mails', () => {
	it('are reporters who gave an address, in the language of their form', async () => {
		const anonymous = await makeCase(office.unit);
		const reporter = { name: 'Andi Contoh', phone: '081200000001' };
		const byPhone = await makeCase(office.unit, { identity: 'named', reporter });
		const english = await reportWithAddress(office.unit, { identity: 'withheld' }, { language: 'en' });
		for (const { reference } of [anonymous, byPhone, english]) await writeReporterMails(reference);
		expect(await reporterMailsOf(anonymous.reference)).toEqual([]);
		expect(await reporterMailsOf(byPhone.reference)).toEqual([]);
		expect(await subjects(english.reference)).toEqual(['we have received it']);
	});

	it('do not include reporters of flagged reports, or anybody without a mail server', async () => {
		const doubtful = await reportWithAddress(office.unit, {}, { flagged: true });
		await writeReporterMails(doubtful.reference);
		expect(await reporterMailsOf(doubtful.reference)).toEqual([]);
		const { reference } = await reportWithAddress(office.unit);
		overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
		await writeReporterMails(reference);
		expect(await db().select().from(mails)).toEqual([]);
	});

	it('get at most five confirmations per day and address', async () => {
		overrideEnv({ LIMITS: true });
		const reporter = { name: 'Andi Contoh', email: 'korban@contoh.invalid' };
		const written: number[] = [];
		for (let n = 0; n < 6; n++) {
			const { reference } = await makeCase(office.unit, { identity: 'named', reporter });
			await writeReporterMails(reference);
			written.push((await reporterMailsOf(reference)).length);
		}
		expect(written).toEqual([1, 1, 1, 1, 1, 0]);
	});

	it('have no address in the mail row', async () => {
		const { reference, email } = await reportWithAddress(office.unit, { identity: 'withheld' });
		await writeReporterMails(reference);
		const rows = await db().select().from(mails);
		expect(JSON.stringify(rows)).not.toContain(email);
		await deliverReporterMails(reference);
		expect(server.emails()).toMatchObject([{ to: email }]);
	});

	it('do not include a reporter whose data was deleted while the e-mail waited', async () => {
		const { reference } = await reportWithAddress(office.unit);
		await writeReporterMails(reference);
		await db().update(cases).set({ reporterSealed: null }).where(eq(cases.reference, reference));
		await deliverReporterMails(reference);
		expect(server.emails()).toEqual([]);
		expect(await reporterMailsOf(reference)).toMatchObject([{ state: 'withdrawn' }]);
	});
});
