import { describe, expect, it } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { returnToOffice, transferCase } from '#lib/server/cases/handling/transfer.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { threadHeaders } from '#lib/server/channels/email/thread.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { atTime, bringTo, on, readCase } from '#lib/dev/testing/office.ts';
import { reporterMailsOf, reportWithAddress, writeReporterMails } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

describe('e-mails to a reporter', () => {
	it('are written of a transfer to another agency and of its return, which is no answer', async () => {
		const { reference } = await reportWithAddress(office.unit);
		await bringTo(office, reference, 'in_progress');
		const { id } = await readCase(reference);
		await transaction((tx) => transferCase(tx, id, 'Dinas Contoh', '1916449'));
		await writeReporterMails(reference);
		await transaction(async (tx) => returnToOffice(tx, await lockCase(tx, id), 'lapor'));
		await writeReporterMails(reference);
		const [, transferred, reopened] = await reporterMailsOf(reference);
		expect(transferred?.subject).toBe(`Laporan ${reference}: dilimpahkan`);
		expect(reopened?.subject).toBe(`Laporan ${reference}: dibuka kembali`);
		expect(transferred?.body).not.toMatch(/jawaban|belum puas|Dinas Contoh/i);
	});

	it('lead the replies about a restricted report past the office that it is about', async () => {
		const mailbox = await makeConnection(office.unit);
		const replyTo = async (changes: Record<string, unknown>) => {
			const { reference } = await reportWithAddress(office.unit, changes);
			await writeReporterMails(reference);
			const [mail] = await reporterMailsOf(reference);
			if (!mail) throw new Error('no e-mail');
			const isUnread = mail.body.includes('Balasan atas e-mail ini tidak dibaca.');
			return [(await threadHeaders(db(), mail)).replyTo, isUnread];
		};
		const integrity = { kind: 'complaint', category: 'integrity' };
		expect(await replyTo({})).toEqual([mailbox.address, false]);
		expect(await replyTo(integrity)).toEqual([undefined, true]);
		const ofProvince = await makeConnection(office.root, { address: 'provinsi@contoh.example' });
		expect(await replyTo(integrity)).toEqual([ofProvince.address, false]);
	});

	it('name the deadline of the solution after the first reply, never that of the verification', async () => {
		const { reference } = await atTime('2026-11-23T02:00:00Z', async () => {
			const report = await reportWithAddress(office.unit);
			const said = { body: 'Kami sedang memeriksanya.', public: true };
			await writeMessage(office.handler, report.reference, await on(report.reference, said));
			await writeReporterMails(report.reference);
			return report;
		});
		const [, message] = await reporterMailsOf(reference);
		expect(message?.body).toContain('Diselesaikan paling lambat: Jumat, 11 Desember 2026');
		expect(message?.body).not.toContain('Kami menjawab');
	});

	it('say of a date in a year without a holiday decree that it is provisional, also later than the first one', async () => {
		const oversight = { category: 'cost', class: 'oversight', reason: 'Ada tanda kerugian.' };
		const { reference } = await atTime('2027-11-29T02:00:00Z', async () => {
			const report = await reportWithAddress(office.unit);
			await verifyCase(office.supervisor, report.reference, await on(report.reference, oversight));
			const said = { body: 'Kami sedang memeriksanya.', public: true };
			await writeMessage(office.handler, report.reference, await on(report.reference, said));
			await writeReporterMails(report.reference);
			return report;
		});
		const deadlines = (await reporterMailsOf(reference)).map(({ body }) => /paling lambat: (.*)/.exec(body)?.[1]);
		expect(deadlines.map((words) => words?.endsWith('(tanggal sementara)'))).toEqual([false, true, true]);
	});
});
