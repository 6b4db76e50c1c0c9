import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { act, atTime, bringTo, readCase } from '#lib/dev/testing/office.ts';
import {
	deliverReporterMails,
	reporterMailsOf,
	reportWithAddress,
	stopTokenOf,
	writeReporterMails
} from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { writeTogether } from '#lib/dev/testing/waiting.ts';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { mailStopToken, reporterMailState } from '#lib/server/cases/mail-preference.ts';
import { reporterMails, stoppedMails, stopOrAllowMails } from '#lib/server/channels/unsubscribe.ts';
import { db } from '#lib/server/db/index.ts';
import { reporterMail } from '#lib/server/db/schema/mails.ts';
import { consentsOfCase } from '#lib/server/people/consents.ts';

const office = useOffice();
const server = useMailServer();

/** The token of the unsubscribe link that an e-mail about a case gets when it is sent now. */
async function tokenInMail(reference: string) {
	const { id } = await readCase(reference);
	const [row] = await db().select().from(reporterMail).where(eq(reporterMail.caseId, id));
	return row ? mailStopToken(row) : '';
}
const withdrawalsOf = async (id: number) =>
	(await consentsOfCase(id)).filter(({ given }) => !given).map(({ words }) => words);

const subjects = async (reference: string) =>
	(await reporterMailsOf(reference)).map(({ subject }) => subject.slice(subject.indexOf(': ') + 2));

describe('a reporter who wants no e-mails', () => {
	it('unsubscribes by the link in each e-mail and its header, which reveals nothing about the case', async () => {
		const { reference } = await reportWithAddress(office.unit);
		await writeReporterMails(reference);
		await deliverReporterMails(reference);
		const [mail] = server.emails();
		const link = /<(.+)>/.exec(mail?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
		expect(mail?.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
		expect(mail?.text).toContain(link);
		expect(link).toMatch(/\/surel\/[\w-]{64}$/);

		const token = link.split('/').at(-1) ?? '';
		expect(token).toBe(await tokenInMail(reference));
		// Neither the row nor a backup of it has the link.
		expect(JSON.stringify(await reporterMailsOf(reference))).not.toContain('/surel/');
		expect(await stoppedMails(token)).toEqual({ stopped: 'none', mayStopAll: true });
		// The request that a mail program sends.
		expect(await stopOrAllowMails(token, { 'List-Unsubscribe': 'One-Click' })).toBe('case');
		await bringTo(office, reference, 'needs_info');
		await writeReporterMails(reference);
		expect(await subjects(reference)).toEqual(['sudah kami terima']);
		await stopOrAllowMails(token, { wish: 'none' });
		await writeReporterMails(reference);
		expect(await subjects(reference)).toContain('kami perlu keterangan dari Anda');
	});

	it('gets no waiting e-mail of the case or, if all are stopped, of other cases with the same address', async () => {
		const reporter = { name: 'Andi Contoh', email: 'tidakmau@contoh.invalid' };
		const one = await makeCase(office.unit, { identity: 'named', reporter });
		const written = { ...reporter, email: 'TidakMau@contoh.invalid' };
		const other = await makeCase(office.unit, { identity: 'named', reporter: written });
		for (const { reference } of [one, other]) await writeReporterMails(reference);
		const token = await tokenInMail(one.reference);
		await stopOrAllowMails(token, { wish: 'all' });
		expect(await stoppedMails(token)).toMatchObject({ stopped: 'all' });
		for (const { reference } of [one, other]) {
			await deliverReporterMails(reference);
			expect(await reporterMailsOf(reference)).toMatchObject([{ state: 'withdrawn' }]);
		}
		expect(server.emails()).toEqual([]);
	});

	it('sees the state of the e-mails on the tracking page, if an address was given', async () => {
		const { reference } = await reportWithAddress(office.unit);
		const row = await readCase(reference);
		await stopOrAllowMails(await stopTokenOf(row), { wish: 'case' });
		expect(await reporterMails(row)).toMatchObject({ state: 'stopped', address: 'p***@contoh.invalid' });
		expect(await reporterMails(await readCase((await makeCase(office.unit)).reference))).toBeNull();
	});

	it('is safe from a report that somebody else made with the same address', async () => {
		const own = await reportWithAddress(office.unit);
		const reporter = { name: 'Orang Lain', email: own.email.toUpperCase() };
		const foreign = await makeCase(office.unit, { identity: 'named', reporter });
		for (const { reference } of [own, foreign]) await writeReporterMails(reference);
		const [row, other] = [await readCase(own.reference), await readCase(foreign.reference)];
		const tracked = async () => (await reporterMails(other))?.stop.split('/').at(-1) ?? '';

		// The page of the other report neither stops all e-mails …
		await expect(stopOrAllowMails(await tracked(), { wish: 'all' })).rejects.toMatchObject({ name: 'Invalid' });
		await stopOrAllowMails(await tracked(), { wish: 'case' });
		expect(await reporterMailState(row)).toBe('wanted');
		expect(await withdrawalsOf(row.id)).toEqual([]);

		// … nor shows that the owner of the address stopped them, nor allows them again.
		await stopOrAllowMails(await tracked(), { wish: 'none' });
		await stopOrAllowMails(await tokenInMail(own.reference), { wish: 'all' });
		expect(await stoppedMails(await tracked())).toEqual({ stopped: 'none', mayStopAll: false });
		expect(await reporterMails(other)).toMatchObject({ state: 'wanted' });
		await stopOrAllowMails(await tracked(), { wish: 'none' });
		expect(await reporterMailState(row)).toBe('stopped');
		expect(await withdrawalsOf(row.id)).toEqual(['Hentikan semua e-mail ke alamat saya']);
		expect(await withdrawalsOf(other.id)).toEqual(['Hentikan e-mail tentang laporan ini']);
	});

	it.each(['case', 'all'])(
		'is not written to again by the receipt after the link in an e-mail stopped it: %s',
		async (wish) => {
			const { reference } = await reportWithAddress(office.unit);
			await writeReporterMails(reference);
			const row = await readCase(reference);
			const token = await tokenInMail(reference);
			await stopOrAllowMails(await stopTokenOf(row), { wish: 'case' });
			await stopOrAllowMails(token, { wish });
			const consents = await consentsOfCase(row.id);
			for (const own of ['none', 'case', 'none'])
				expect(await stopOrAllowMails(await stopTokenOf(row), { wish: own })).toBe('case');
			expect(await reporterMailState(row)).toBe('stopped');
			expect(await consentsOfCase(row.id)).toEqual(consents);

			expect(await stopOrAllowMails(token, { wish: 'none' })).toBe('none');
			await stopOrAllowMails(await stopTokenOf(row), { wish: 'case' });
			expect(await stopOrAllowMails(await stopTokenOf(row), { wish: 'none' })).toBe('none');
		}
	);

	it.runIf(process.env.TEST_DATABASE === 'postgres')('records one withdrawal for two forms at once', async () => {
		const row = await readCase((await reportWithAddress(office.unit)).reference);
		const token = await stopTokenOf(row);
		const stop = () => stopOrAllowMails(token, { wish: 'case' });
		await writeTogether(reporterMail, [stop, stop]);
		expect(await withdrawalsOf(row.id)).toHaveLength(1);
	});

	it('finds nothing by the link, whole or cut, in an e-mail to a former address', async () => {
		const { reference } = await atTime('2026-11-20T02:00:00Z', () => reportWithAddress(office.unit));
		await writeReporterMails(reference);
		const token = await tokenInMail(reference);
		const email = 'alamat-baru@contoh.invalid';
		const spoken = { by: 'phone', on: '2026-11-23', time: '09:00', submission_id: crypto.randomUUID() };
		await atTime('2026-11-23T02:00:00Z', () =>
			act(recordReporterAnswer, office.handler, reference, { kind: 'contact', ...spoken, email })
		);
		for (const former of [token, token.slice(0, 32)])
			await expect(stopOrAllowMails(former, { wish: 'case' })).rejects.toMatchObject({ name: 'NotFound' });
		expect(await reporterMailState(await readCase(reference))).toBe('wanted');
		expect(await stopOrAllowMails(await tokenInMail(reference), { wish: 'all' })).toBe('all');
	});

	it('gets NotFound for a guessed link', async () => {
		await expect(stoppedMails('a'.repeat(32))).rejects.toMatchObject({ name: 'NotFound' });
		await expect(stopOrAllowMails('a'.repeat(32), {})).rejects.toMatchObject({ name: 'NotFound' });
	});
});
