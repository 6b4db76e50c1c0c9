import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { deskCase } from '#lib/server/cases/view.ts';
import { deliverMail } from './mail-delivery.ts';
import { db } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { bringTo, story } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import {
	deliverReporterMails,
	reporterMailsOf,
	reportWithAddress,
	writeReporterMails
} from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
const server = useMailServer();

/** Makes a report whose first e-mail is waiting. */
async function written() {
	const opened = await reportWithAddress(office.unit);
	await writeReporterMails(opened.reference);
	return opened;
}
const states = async (reference: string) => (await reporterMailsOf(reference)).map(({ state }) => state);

it('a slow mail server does not delay a report', async () => {
	const { reference } = await written();
	let release = () => {};
	const held = new Promise<undefined>((done) => (release = () => done(undefined)));
	server.judge((stage) => (stage === 'content' ? held : undefined));
	const delivering = deliverReporterMails(reference);
	const second = await reportWithAddress(office.unit);
	await bringTo(office, second.reference, 'verified');
	expect(await states(reference)).not.toEqual(['sent']);
	release();
	await delivering;
	expect(await states(reference)).toEqual(['sent']);
});

describe('an address that the mail server does not know', () => {
	const refusalText = (address: string) => `5.1.1 <${address}>: user ${address.split('@')[0]} unknown`;
	const unknown = (address: string) => ({ code: 550, text: refusalText(address) });

	it('notifies the handler once, without the address, and stops further e-mails', async () => {
		const { reference, email } = await reportWithAddress(office.unit, { identity: 'withheld' });
		await writeReporterMails(reference);
		server.judge((_, address) => unknown(address));
		await deliverReporterMails(reference);
		expect(await states(reference)).toEqual(['failed']);
		expect((await story(reference)).filter((type) => type === 'undelivered')).toHaveLength(1);

		const shown = await deskCase(office.handler, reference);
		expect(shown.reporterMail).toBe('refused');
		expect(JSON.stringify(shown)).not.toContain(email.split('@')[0]);
		const rows = JSON.stringify(await db().select().from(mails));
		expect(rows).not.toContain(email.split('@')[0]);
		expect(rows).toContain('5.1.1');

		server.judge(undefined);
		await bringTo(office, reference, 'needs_info');
		await writeReporterMails(reference);
		await inHours(10, () => deliverReporterMails(reference));
		expect(await reporterMailsOf(reference)).toHaveLength(1);
		expect(server.emails()).toEqual([]);
	});

	it('is not assumed if the server refuses all our e-mails', async () => {
		for (const text of [
			'5.7.1 Relay access denied',
			'relaying denied',
			'5.1.8 Domain not found',
			'Sender verify failed'
		]) {
			const { reference } = await written();
			server.judge(() => ({ code: 550, text }));
			await deliverReporterMails(reference);
			expect(await states(reference)).toEqual(['waiting']);
			expect((await deskCase(office.handler, reference)).reporterMail).toBe('wanted');
		}
	});

	it('is not assumed if the server refuses the content, and the handler is still notified', async () => {
		const { reference } = await written();
		server.judge((stage) => (stage === 'content' ? { code: 554, text: '5.7.1 looks like spam' } : undefined));
		await deliverReporterMails(reference);
		expect(await states(reference)).toEqual(['failed']);
		expect((await story(reference)).filter((type) => type === 'undelivered')).toHaveLength(1);
		expect((await deskCase(office.handler, reference)).reporterMail).toBe('wanted');
	});

	it('withdraws waiting e-mails of the case', async () => {
		const { reference } = await reportWithAddress(office.unit);
		server.judge(() => ({ code: 451, text: 'later' }));
		await writeReporterMails(reference);
		await deliverReporterMails(reference);
		await bringTo(office, reference, 'needs_info');
		await writeReporterMails(reference);
		server.judge((_, address) => unknown(address));
		await deliverReporterMails(reference);
		expect((await states(reference)).sort()).toEqual(['failed', 'withdrawn']);
	});
});

it('keeps a staff member’s address in the server message, so that an administrator can see a typing error', async () => {
	const written = { subject: 'x', body: 'x', state: 'waiting', createdAt: new Date(), waitsFrom: new Date() };
	const [row] = await db()
		.insert(mails)
		.values({ kind: 'notice', onceKey: 'slip', address: 'kepala@contoh.invalid', ...written })
		.returning();
	server.judge((_, address) => ({ code: 550, text: `5.1.1 <${address}> unknown` }));
	await deliverMail(row?.id ?? '', 1);
	const [after] = await db().select().from(mails).where(eq(mails.onceKey, 'slip'));
	expect(after).toMatchObject({ state: 'failed', reason: '550 5.1.1 <kepala@contoh.invalid> unknown' });
});
