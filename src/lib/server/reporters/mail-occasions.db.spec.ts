import { describe, expect, it } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { returnToOffice, transferCase } from '#lib/server/cases/handling/transfer.ts';
import { transaction } from '#lib/server/db/index.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { at, bringTo, on, standing } from '#lib/dev/testing/office.ts';
import { reporterMailsOf, reportWithAddress, writeReporterMails } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

describe('e-mails to a reporter', () => {
	it('are written of a transfer to another agency and of its return, which is no answer', async () => {
		const { reference } = await reportWithAddress(office.unit);
		await bringTo(office, reference, 'in_progress');
		const { id } = await standing(reference);
		await transaction((tx) => transferCase(tx, id, 'Dinas Contoh', '1916449'));
		await writeReporterMails(reference);
		await transaction(async (tx) => returnToOffice(tx, await lockCase(tx, id), 'lapor'));
		await writeReporterMails(reference);
		const [, transferred, reopened] = await reporterMailsOf(reference);
		expect(transferred?.subject).toBe(`Laporan ${reference}: dilimpahkan`);
		expect(reopened?.subject).toBe(`Laporan ${reference}: dibuka kembali`);
		expect(transferred?.body).not.toMatch(/jawaban|belum puas|Dinas Contoh/i);
	});

	it('name the deadline of the solution after the first reply, never that of the verification', async () => {
		const { reference } = await at('2026-11-23T02:00:00Z', async () => {
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
});
