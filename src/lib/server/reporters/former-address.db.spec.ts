import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { makeActor, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { act, atTime, nameOfficer, readCase } from '#lib/dev/testing/office.ts';
import { logOf } from '#lib/dev/testing/outcomes.ts';
import {
	askAsReporter,
	deliverReporterMails,
	reporterMailsOf,
	reportWithAddress,
	stopTokenOf,
	writeReporterMails
} from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import {
	contactToken,
	dropMailAddress,
	mailPreferenceOf,
	reporterMailState,
	setMailStopped
} from '#lib/server/cases/mail-preference.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { listMails } from '#lib/server/channels/mail-list.ts';
import { stopOrAllowMails } from '#lib/server/channels/unsubscribe.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { confirmContact, decideRequest } from '#lib/server/privacy/requests/decide.ts';
import { readRequest } from '#lib/server/privacy/requests/register.ts';
import { writeToFormerAddress } from './write-to-reporters.ts';

const office = useOffice();
const mailServer = useMailServer();

const report = () => atTime('2027-03-01T02:00:00Z', () => reportWithAddress(office.unit));

/** Staff record a contact that a caller gave. Its job runs twice, and then its e-mail is sent. */
const record = (reference: string, contact: Record<string, string>) =>
	atTime('2027-03-04T02:00:00Z', async () => {
		const spoken = { by: 'phone', on: '2027-03-02', time: '11:00', submission_id: crypto.randomUUID() };
		await act(recordReporterAnswer, office.handler, reference, { kind: 'contact', ...spoken, ...contact });
		await tellFormerAddress(reference);
	});

async function tellFormerAddress(reference: string): Promise<void> {
	await writeToFormer();
	await deliverReporterMails(reference);
}

async function writeToFormer(): Promise<void> {
	const jobs = await rowsOf<{ data: JobPayloads['contact-recorded'] }>(
		db(),
		sql`delete from pgboss.job where name = 'contact-recorded' returning data`
	);
	for (const { data } of [...jobs, ...jobs]) await writeToFormerAddress(data);
}

it('a contact that a caller gave is told to the former address once, without its value, and the log has an entry', async () => {
	const { reference, email } = await report();
	await record(reference, { email: 'pemanggil@contoh.invalid', phone: '081299990000' });
	const [mail, ...more] = mailServer.emails();
	expect(more).toEqual([]);
	expect(mail).toMatchObject({ to: email, subject: `Laporan ${reference}: kontak Anda diganti` });
	expect(mail?.text).toContain('Bila bukan Anda yang memintanya, segera hubungi kantor.');
	expect(mail?.raw).not.toMatch(/pemanggil|99990000|\/surel\//);
	const [row] = await reporterMailsOf(reference);
	expect(JSON.stringify(row)).not.toContain(email);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	expect((await listMails(admin, 'sent')).items).toMatchObject([{ to: null }]);
	expect((await logOf(reference)).map(({ action }) => action)).toEqual(['identity.contact_recorded']);
});

it('a granted change of contact writes to the former address, or to the new one if the reporter confirmed it by the link', async () => {
	const { reference, email } = await reportWithAddress(office.unit);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const asked = await askAsReporter(reference, { kind: 'contact', email: 'pengganti@contoh.invalid' });
	// Before the job wrote the e-mail with the link.
	const reason = 'Nomor lama dihubungi dan membenarkan.';
	await decideRequest(admin, asked.id, { decision: 'grant', version: 1, reason });
	await tellFormerAddress(reference);
	const subject = `Laporan ${reference}: kontak Anda diganti`;
	expect(mailServer.emails().filter(({ to }) => to === email)).toMatchObject([{ subject }]);
	expect((await logOf(reference)).map(({ action }) => action)).toContain('identity.contact_recorded');

	const other = await reportWithAddress(office.unit);
	const { id } = await askAsReporter(other.reference, { kind: 'contact', email: 'baru@contoh.invalid' });
	await confirmContact(contactToken(id));
	await tellFormerAddress(other.reference);
	expect(mailServer.emails().filter(({ to }) => to === other.email)).toEqual([]);
	await writeReporterMails(other.reference);
	await deliverReporterMails(other.reference);
	const toNew = mailServer.emails().filter(({ to }) => to === 'baru@contoh.invalid');
	expect(toNew.map(({ subject }) => subject)).toContain(`Laporan ${other.reference}: permintaan data Anda diputuskan`);
});

it('an address that is not the reporter’s is not asked to confirm a new one; the office decides', async () => {
	const { reference, email } = await reportWithAddress(office.unit);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const contact = { kind: 'contact', phone: '081299990000', lost: 'on' };
	await expect(askAsReporter(reference, contact)).rejects.toMatchObject({
		issues: [{ path: 'words', code: 'request_contact_words_missing' }]
	});
	const asked = await askAsReporter(reference, { ...contact, words: 'Alamat itu salah ketik, bukan milik saya.' });
	expect(asked).toMatchObject({ state: 'open', asksByMail: false, contact: '***0000', lost: true });
	// Staff who may not read the words must know it too, so that they don't call that contact.
	expect(await readRequest(office.handler, asked.id)).toMatchObject({ lost: true, readsWords: false });
	await writeReporterMails(reference);
	await deliverReporterMails(reference);
	expect(mailServer.emails().filter(({ to }) => to === email)).toMatchObject([
		{ subject: expect.not.stringContaining('konfirmasi') }
	]);
	await decideRequest(admin, asked.id, {
		decision: 'grant',
		version: 1,
		reason: 'Kartu identitas sesuai dengan nama pelapor.'
	});
	expect((await logOf(reference)).map(({ action }) => action)).toContain('identity.contact_recorded');
	const row = await readCase(reference);
	expect(await decryptReporter(row.reporterSealed)).toMatchObject({ email: null, phone: '081299990000' });
	expect(await mailPreferenceOf(db(), row.id)).toBeUndefined();
});

it('a contact that is not the reporter’s is dropped in hidden parts too, which don’t get the new one', async () => {
	const { reference } = await reportWithAddress(office.unit);
	const body = 'Petugas di loket meminta uang kepada saya.';
	const hidden = await act(splitCase, office.handler, reference, {
		kind: 'complaint',
		body,
		submission_id: crypto.randomUUID()
	});
	const [officer, decider] = await makeOfficerWithAccount(office.unit.id, ['admin']);
	await nameOfficer(office.supervisor, hidden, officer);
	const contactsNow = async () =>
		Promise.all(
			[reference, hidden].map(async (one) => (await decryptReporter((await readCase(one)).reporterSealed))?.email)
		);
	const grantContact = async (email: string, more: object = {}) => {
		const { id } = await askAsReporter(reference, {
			kind: 'contact',
			email,
			words: 'Alamat itu salah ketik.',
			...more
		});
		await decideRequest(decider, id, { decision: 'grant', version: 1, reason: 'Kartu identitas sesuai.' });
	};
	const [, former] = await contactsNow();
	await grantContact('baru@contoh.invalid');
	expect(await contactsNow()).toEqual(['baru@contoh.invalid', former]);
	await grantContact('benar@contoh.invalid', { lost: 'on' });
	expect(await contactsNow()).toEqual(['benar@contoh.invalid', null]);
	expect(await mailPreferenceOf(db(), (await readCase(hidden)).id)).toBeUndefined();
});

it('a former address that no longer exists says nothing about the present one', async () => {
	const { reference, email } = await report();
	mailServer.judge((_, address) => (address === email ? { code: 550, text: '5.1.1 User unknown' } : undefined));
	await record(reference, { email: 'baru@contoh.invalid' });
	expect(await reporterMailsOf(reference)).toMatchObject([{ state: 'failed' }]);
	expect(await reporterMailState(await readCase(reference))).toBe('wanted');
});

it('a former address whose owner wants no e-mails gets none', async () => {
	const { reference } = await report();
	const { id } = await readCase(reference);
	await transaction((tx) => setMailStopped(tx, id, true, true));
	await record(reference, { email: 'lain@contoh.invalid' });
	expect(mailServer.emails()).toEqual([]);
});

it('e-mails that the reporter stopped stay stopped after a wrong address was dropped and another is recorded', async () => {
	const { reference } = await report();
	const { id } = await readCase(reference);
	await transaction((tx) => setMailStopped(tx, id, true));
	await transaction((tx) => dropMailAddress(tx, id));
	await record(reference, { email: 'benar@contoh.invalid' });
	expect(await mailPreferenceOf(db(), id)).toBeUndefined();
});

it.each(['before', 'after'])(
	'whoever stops the e-mails by the receipt %s the change does not silence it',
	async (when) => {
		const { reference, email } = await report();
		const stop = async () => stopOrAllowMails(await stopTokenOf(await readCase(reference)), { wish: 'case' });
		if (when === 'before') await stop();
		const spoken = { by: 'phone', on: '2027-03-02', time: '11:00', submission_id: crypto.randomUUID() };
		const contact = { kind: 'contact', ...spoken, email: 'lain@contoh.invalid' };
		await atTime('2027-03-04T02:00:00Z', async () => {
			await act(recordReporterAnswer, office.handler, reference, contact);
			await writeToFormer();
			if (when === 'after') await stop();
			await deliverReporterMails(reference);
		});
		const subject = `Laporan ${reference}: kontak Anda diganti`;
		expect(mailServer.emails()).toMatchObject([{ to: email, subject }]);
	}
);
