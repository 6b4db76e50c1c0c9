import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { queueConversationMail, queueMail } from './mail-queue.ts';
import { countMails, decideMail, listMails, testMailOf, sendTestMail } from './mail-list.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { overrideEnv } from '#lib/server/env.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { idOf, makeActor, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { mailRow, runMailJobs, useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { giveEmailAddress } from '#lib/dev/testing/notices.ts';
import { makeOffice, nameOfficer, type Office } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import {
	deliverReporterMails,
	reporterMailsOf,
	reportWithAddress,
	writeReporterMails
} from '#lib/dev/testing/reporters.ts';

const server = useMailServer();

let office: Office;
let admin: Actor;
let rootAdmin: Actor;
beforeAll(async () => {
	office = await makeOffice();
	admin = await makeActor([[office.unit.id, 'admin']]);
	rootAdmin = await makeActor([[office.root.id, 'admin']]);
});

/** Makes a report whose first e-mail ended in the given way. */
async function mailThat(verdict: 'drop' | { code: number; text: string }, changes: Record<string, unknown> = {}) {
	const { reference } = await reportWithAddress(office.unit, changes);
	await writeReporterMails(reference);
	server.judge((stage) => (verdict === 'drop' && stage === 'recipient' ? undefined : verdict));
	await deliverReporterMails(reference);
	server.judge(undefined);
	const [mail] = await reporterMailsOf(reference);
	return { reference, id: mail?.id ?? '' };
}
const REFUSED = { code: 554, text: 'Not this one' };
const subjectsOf = async (actor: Actor, list: Parameters<typeof listMails>[1]) =>
	(await listMails(actor, list)).items.map(({ subject }) => subject);

describe('the outbox', () => {
	it('does not show the subject of a citizen’s e-mail, which a reply repeats', async () => {
		await transaction((tx) =>
			queueConversationMail(tx, {
				conversationId: null as never,
				unitId: office.unit.id,
				onceKey: '1:referral',
				subject: 'Re: Pungli di loket',
				body: 'Silakan ke PST.'
			})
		);
		expect(await subjectsOf(admin, 'waiting')).toEqual(['Re: …']);
		await db().delete(mails);
	});

	it('shows administrators the e-mails of their offices and counts those that need a decision', async () => {
		const { reference } = await mailThat(REFUSED);
		await mailThat('drop');
		const elsewhere = await makeActor([[(await makeUnit({ parent: office.root })).id, 'admin']]);
		for (const actor of [admin, rootAdmin]) {
			expect(await subjectsOf(actor, 'failed')).toEqual([`Laporan ${reference}: sudah kami terima`]);
			expect(await countMails(actor)).toEqual({ waiting: 0, failed: 1, unknown: 1 });
		}
		expect(await subjectsOf(elsewhere, 'failed')).toEqual([]);
		expect(await countMails(elsewhere)).toEqual({ waiting: 0, failed: 0, unknown: 0 });
		expect(await subjectsOf(await makeActor([[office.unit.id, 'handler']]), 'failed')).toEqual([]);
	});

	it('shows the e-mails to an officer without a role in the officer’s office, not that a report is asked about', async () => {
		const accountId = idOf((await makeOfficerWithAccount(office.unit.id, []))[1]);
		const mail = { kind: 'notice', onceKey: '1', subject: 'Pertanyaan untuk Anda', body: '' } as const;
		await transaction((tx) => queueMail(tx, { ...mail, to: { accountId, address: 'petugas@kantor.invalid' } }));
		expect(await subjectsOf(admin, 'waiting')).toEqual(['Pemberitahuan']);
		await db().delete(mails).where(eq(mails.accountId, accountId));
	});

	it('masks the address of an open reporter, hides a withheld one and shows a colleague’s', async () => {
		await mailThat(REFUSED, { reporter: { name: 'Andi Contoh', email: 'andi.contoh@gmail.invalid' } });
		await mailThat(REFUSED, { identity: 'withheld', reporter: { name: 'Budi Contoh', email: 'budi@gmail.invalid' } });
		const address = await giveEmailAddress(admin);
		await sendTestMail(admin);
		const [withheld, named] = (await listMails(admin, 'failed')).items;
		expect([named?.to, withheld?.to]).toEqual(['a***@gmail.invalid', null]);
		const [trial] = (await listMails(admin, 'waiting')).items;
		expect(trial).toMatchObject({ kind: 'test', to: address });
		expect(JSON.stringify([withheld, named])).not.toMatch(/andi|budi|sealed/i);
	});

	it('hides e-mails about restricted cases and cases that name the administrator', async () => {
		const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['admin']);
		const about = await mailThat(REFUSED);
		await mailThat(REFUSED, { category: 'integrity' });
		await nameOfficer(office.handler, about.reference, officer);
		expect(await subjectsOf(named, 'failed')).toEqual([]);
		expect((await countMails(named)).failed).toBe(0);
		await expect(decideMail(named, about.id, { decision: 'leave' })).rejects.toMatchObject({ name: 'NotFound' });
		expect(await subjectsOf(admin, 'failed')).toEqual([`Laporan ${about.reference}: sudah kami terima`]);
	});
});

describe('an administrator’s decision', () => {
	it('sends an e-mail of unknown outcome again once and logs who decided', async () => {
		const { id } = await mailThat('drop');
		expect(server.emails()).toHaveLength(1);
		await decideMail(admin, id, { decision: 'again' });
		await expect(decideMail(rootAdmin, id, { decision: 'again' })).rejects.toMatchObject({
			present: { reason: 'message_decided' }
		});
		await runMailJobs(id);
		expect(server.emails()).toHaveLength(2);
		expect(await mailRow(id)).toMatchObject({ state: 'sent', attempts: 2 });
		const [entry] = await db().select().from(auditEntries).where(eq(auditEntries.action, 'mail.sent_again'));
		expect(entry).toMatchObject({ actorId: admin.accountId, unitId: office.unit.id });
	});

	it('gives a failed e-mail two more days', async () => {
		const bringBack = await server.goDown();
		const { reference } = await reportWithAddress(office.unit);
		await writeReporterMails(reference);
		await deliverReporterMails(reference);
		await inHours(50, () => deliverReporterMails(reference));
		const [mail] = await reporterMailsOf(reference);
		expect(mail?.state).toBe('failed');
		await inHours(51, () => decideMail(admin, mail?.id ?? '', { decision: 'again' }));
		await inHours(51, () => deliverReporterMails(reference));
		expect((await reporterMailsOf(reference))[0]?.state).toBe('waiting');
		await bringBack();
		await inHours(53, () => deliverReporterMails(reference));
		expect((await reporterMailsOf(reference))[0]?.state).toBe('sent');
	});

	it('is needed again if the e-mail fails once more', async () => {
		const { id } = await mailThat('drop');
		await decideMail(admin, id, { decision: 'again' });
		server.judge(() => REFUSED);
		await runMailJobs(id);
		expect(await countMails(admin)).toMatchObject({ failed: 1, unknown: 0 });
		await decideMail(admin, id, { decision: 'leave' });
	});

	it('can leave an e-mail as it is', async () => {
		const { id } = await mailThat('drop');
		await decideMail(admin, id, { decision: 'leave' });
		expect(await mailRow(id)).toMatchObject({ state: 'unknown', decidedBy: admin.accountId });
		expect((await countMails(admin)).unknown).toBe(0);
	});

	it('can send to an address again that the mail server refused', async () => {
		const { id, reference } = await mailThat({ code: 550, text: '5.1.1 unknown' });
		await decideMail(admin, id, { decision: 'again' });
		await runMailJobs(id);
		expect(server.emails()).toHaveLength(1);
		expect((await reporterMailsOf(reference))[0]?.state).toBe('sent');
	});
});

describe('a test e-mail', () => {
	it('goes to the actor’s own address like every e-mail and shows its outcome', async () => {
		const actor = await makeActor([[office.unit.id, 'admin']]);
		await expect(sendTestMail(actor)).rejects.toMatchObject({ issues: [{ code: 'mail_no_address' }] });
		const address = await giveEmailAddress(actor);
		await sendTestMail(actor);
		const [row] = await db().select().from(mails).where(eq(mails.address, address));
		await runMailJobs(row?.id ?? '');
		expect(server.emails()).toMatchObject([{ to: address, subject: 'E-mail percobaan SPATULA' }]);
		expect((await testMailOf(actor)).last).toMatchObject({ state: 'sent' });
	});

	it('is refused without a mail server', async () => {
		const actor = await makeActor([[office.unit.id, 'admin']]);
		await giveEmailAddress(actor);
		overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
		await expect(sendTestMail(actor)).rejects.toMatchObject({ issues: [{ code: 'mail_no_server' }] });
	});
});
