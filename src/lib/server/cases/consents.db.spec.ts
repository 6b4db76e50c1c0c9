import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { stoppedMails, stopOrAllowMails } from '#lib/server/channels/unsubscribe.ts';
import { agreedByReporter, consentsOfCase } from '#lib/server/people/consents.ts';
import { idOf, makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { withdrawReporterConsents } from './consents.ts';
import { changeReporterContact } from './conversation/contact.ts';
import { lockCase } from './find.ts';
import { mailStopToken, mailPreferenceOf, reporterMailState } from './mail-preference.ts';

const reporter = { name: 'Pelapor Contoh 3', email: 'pelapor@example.id', phone: '081200000000' };
const NAMED = { identity: 'named', reporter, consent_lapor: true };
const summary = async (id: number) =>
	(await consentsOfCase(id)).map(({ kind, given, language }) => `${kind} ${given ? 'given' : 'withdrawn'} ${language}`);

/** The token of the unsubscribe link in an e-mail about the case. */
const emailToken = async (caseId: number) => {
	const preference = await mailPreferenceOf(db(), caseId);
	return mailStopToken({ caseId, addressHash: preference?.addressHash ?? '' });
};

test('consent to e-mails and to the identity at SP4N-LAPOR! is recorded with the words of the form', async () => {
	const unit = await makeUnit();
	const { reference } = await makeCase(unit, NAMED, { language: 'en' });
	const { id } = await readCase(reference);
	expect(await summary(id)).toEqual(['reporter_mail given en', 'lapor_identity given en']);
	const [, lapor] = await consentsOfCase(id);
	expect(lapor).toMatchObject({ recordedBy: null });
	expect(lapor?.words).toContain('SP4N-LAPOR!');

	const handler = await makeActor([[unit.id, 'handler']]);
	const recorded = await makeCase(unit, { ...NAMED, channel: 'walk_in' }, { by: 'staff', actor: handler });
	const atDesk = await consentsOfCase((await readCase(recorded.reference)).id);
	expect(atDesk.map(({ recordedBy }) => recordedBy)).toEqual([idOf(handler), idOf(handler)]);
	expect(atDesk[1]?.words).toBe('Pelapor mengizinkan identitasnya diteruskan ke SP4N-LAPOR!');

	const shown = await makeCase(unit, { secret: false });
	const [publication] = await consentsOfCase((await readCase(shown.reference)).id);
	const words = 'Bolehkah laporan ini ditampilkan untuk umum? Boleh, tanpa nama saya';
	expect(publication).toMatchObject({ kind: 'publication', given: true, words });

	const none = await makeCase(unit);
	expect(await summary((await readCase(none.reference)).id)).toEqual([]);
});

test('the link in each e-mail withdraws the consent to e-mails, once, and gives it again', async () => {
	const unit = await makeUnit();
	const sender = { ...NAMED, consent_lapor: false, reporter: { ...reporter, email: 'lain@example.id' } };
	const [one, two] = [await makeCase(unit, sender), await makeCase(unit, sender)];
	const ids = [(await readCase(one.reference)).id, (await readCase(two.reference)).id] as const;
	const token = await emailToken(ids[0]);
	for (const wish of ['case', 'case', 'all', 'all', 'none']) await stopOrAllowMails(token, { wish });
	const given = 'reporter_mail given id';
	const withdrawn = 'reporter_mail withdrawn id';
	expect(await summary(ids[0])).toEqual([given, withdrawn, given]);

	await stopOrAllowMails(token, { wish: 'all' });
	// The button of a mail program allows nothing again.
	await stopOrAllowMails(token, {});
	expect(await stoppedMails(token)).toMatchObject({ stopped: 'all' });
	await stopOrAllowMails(token, { wish: 'case' });
	expect(await stoppedMails(token)).toMatchObject({ stopped: 'case' });
	expect(await summary(ids[0])).toEqual([given, withdrawn, given, withdrawn]);
	// The other report with this address may be somebody else's, whose words these were not.
	expect(await summary(ids[1])).toEqual([given]);
});

test('a new address is a consent to e-mails, but not after the reporter stopped them', async () => {
	const unit = await makeUnit();
	const changeTo = async (email: string, id: number) => {
		const at = new Date();
		return transaction(async (tx) => changeReporterContact(tx, (await lockCase(tx, id)).row, { email }, { at }));
	};
	const { reference } = await makeCase(unit, {
		...NAMED,
		consent_lapor: false,
		reporter: { name: 'Pelapor', phone: reporter.phone }
	});
	const first = await changeTo('alamat-pertama@example.id', (await readCase(reference)).id);
	expect([await summary(first.id), await reporterMailState(first)]).toEqual([['reporter_mail given id'], 'wanted']);
	for (const wish of ['case', 'all']) {
		const sender = { ...NAMED, consent_lapor: false, reporter: { ...reporter, email: `${wish}@example.id` } };
		const { id } = await readCase((await makeCase(unit, sender)).reference);
		// Of all e-mails also by the link of another report.
		const linked = wish === 'all' ? (await readCase((await makeCase(unit, sender)).reference)).id : id;
		await stopOrAllowMails(await emailToken(linked), { wish });
		const changed = await changeTo(`${wish}-baru@example.id`, id);
		const withdrawn = wish === 'case' ? ['reporter_mail withdrawn id'] : [];
		expect(await summary(id)).toEqual(['reporter_mail given id', ...withdrawn]);
		expect(await reporterMailState(changed)).toBe('stopped');
	}
});

test('withdrawn consents stop the e-mails and keep the identity from SP4N-LAPOR!', async () => {
	const { reference } = await makeCase(await makeUnit(), NAMED);
	const before = await readCase(reference);
	const asked = { words: 'Saya menarik persetujuan saya.', language: 'id', recordedBy: null } as const;
	const withdraw = () =>
		transaction(async (tx) =>
			withdrawReporterConsents(tx, (await lockCase(tx, before.id)).row, ['reporter_mail', 'lapor_identity'], asked)
		);
	const [mail, lapor] = await agreedByReporter(before.id);
	expect([mail?.withdrawnAt, lapor?.withdrawnAt]).toEqual([null, null]);
	expect(await withdraw()).toMatchObject({ consentLapor: false, version: before.version + 1 });
	expect(await transaction((tx) => mailPreferenceOf(tx, before.id))).toBeUndefined();
	// The words are still those that the reporter agreed to.
	const withdrawn = { withdrawnAt: expect.any(Date) as Date };
	expect(await agreedByReporter(before.id)).toEqual([
		{ ...mail, ...withdrawn },
		{ ...lapor, ...withdrawn }
	]);
	// Nothing is left to withdraw.
	expect(await withdraw()).toMatchObject({ version: before.version + 1 });
	expect((await summary(before.id)).slice(2)).toEqual(['reporter_mail withdrawn id', 'lapor_identity withdrawn id']);
});
