import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { readCase, story } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { changeReporterContact } from '#lib/server/cases/conversation/contact.ts';
import { reporterMailState } from '#lib/server/cases/mail-preference.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { waitingRow } from '../outbox.ts';
import { noteUndelivered, undeliveredMail } from './delivery-report.ts';

const office = useOffice();

/** An e-mail to a reporter whose first attempt may have arrived, and a report that it did not. */
async function returned() {
	const { reference } = await makeCase(office.unit, {
		identity: 'named',
		reporter: { name: 'Sari Contoh', email: 'sari@warga.example' }
	});
	const { id: caseId } = await readCase(reference);
	const mail = { kind: 'reporter', onceKey: reference, caseId, unitId: office.unit.id, subject: 's', body: 'b' };
	const { id } = await db()
		.insert(mails)
		.values({ ...mail, ...waitingRow(), attempts: 1 })
		.returning()
		.then(oneRow);
	const present = () => db().select().from(mails).where(eq(mails.id, id)).then(oneRow);
	return {
		reference,
		present,
		set: (values: Partial<typeof mails.$inferSelect>) => db().update(mails).set(values).where(eq(mails.id, id)),
		correctAddress: async () => {
			const spoken = { data: {} } as Parameters<typeof changeReporterContact>[3];
			const row = await readCase(reference);
			await transaction((tx) => changeReporterContact(tx, row, { email: 'sari.baru@warga.example' }, spoken));
		},
		/** @param about further lines of the block about the recipient */
		report: async (status: string, ...about: string[]) => {
			const block = ['Reporting-MTA: dns; x', '', ...about, 'Action: failed', `Status: ${status}`].join('\r\n');
			const part = (contentType: string, text: string) => ({ contentType, bytes: Buffer.from(text) });
			const files = [
				part('message/delivery-status', block),
				part('message/rfc822', `Message-ID: <${id}@kantor.example>\r\n`)
			];
			const contentParams = { 'report-type': 'delivery-status' };
			const found = await undeliveredMail({ contentType: 'multipart/report', contentParams, files } as never);
			if (!found) throw new Error('not a delivery report');
			await transaction((tx) => noteUndelivered(tx, found));
		}
	};
}

test.each(['waiting', 'withdrawn', 'failed'])('a report that comes late leaves an e-mail %s', async (state) => {
	const { reference, present, set, report } = await returned();
	await set({ state });
	const { nextAttemptAt } = await present();
	await report('5.7.1');
	expect(await present()).toMatchObject({ state, nextAttemptAt, reason: null });
	expect(await story(reference)).not.toContain('undelivered');
});

test('a report about the attempt to a former address says nothing about the one to the present address', async () => {
	const { reference, present, set, report, correctAddress } = await returned();
	await inHours(1, correctAddress);
	await report('5.1.1');
	expect(await present()).toMatchObject({ state: 'waiting' });
	await inHours(2, async () => {
		await set({ state: 'sent', attempts: 2, sentAt: now() });
		await report('5.1.1');
		await report('5.1.1', 'Final-Recipient: rfc822; sari@warga.example');
	});
	expect(await present()).toMatchObject({ state: 'sent' });
	expect(await story(reference)).not.toContain('undelivered');
	expect(await reporterMailState(await readCase(reference))).toBe('wanted');
});

test.each(['Final-Recipient: rfc822; sari.baru@warga.example', 'Original-Recipient: RFC822;<Sari.Baru@warga.example>'])(
	'a report that names the present address counts, also if the e-mail was written before it changed: %s',
	async (recipient) => {
		const { reference, present, set, report, correctAddress } = await returned();
		await inHours(1, correctAddress);
		await inHours(2, async () => {
			await set({ state: 'sent', attempts: 2, sentAt: now() });
			await report('5.1.1', recipient);
		});
		expect(await present()).toMatchObject({ state: 'failed' });
		expect(await story(reference)).toContain('undelivered');
		expect(await reporterMailState(await readCase(reference))).toBe('refused');
	}
);
