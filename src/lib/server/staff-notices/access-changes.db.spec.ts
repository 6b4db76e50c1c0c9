import { beforeEach, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { decideAccessChange } from '#lib/server/people/access/changes.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { changeAccount } from '#lib/server/people/accounts.ts';
import { actorOf, systemActor, type Actor } from '#lib/server/people/actor.ts';
import { changeOfficer, createOfficer } from '#lib/server/people/officers/officers.ts';
import { createPasswordLink, usePasswordLink } from '#lib/server/people/sign-in/password-links.ts';
import { grantRole, revokeRole } from '#lib/server/people/grant-roles.ts';
import { deliverMail } from '#lib/server/channels/mail-delivery.ts';
import { sweepAccessChanges } from './access-changes.ts';
import { makeGuardedOffice, type GuardedOffice } from '#lib/dev/testing/access.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { makeActor, makeOfficer, idOf } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { countUnread, emailsTo, noticesToEach, noticesTo, giveEmailAddress } from '#lib/dev/testing/notices.ts';

const server = useMailServer();

let unit: GuardedOffice['unit'];
let admin: Actor;
let head: Actor;
let above: Actor;
let handler: Actor;

beforeEach(async () => {
	({ unit, admin, head, above } = await makeGuardedOffice());
	handler = await makeActor([[unit.id, 'handler']]);
});

const linkMail = async () => (await db().select().from(mails).where(eq(mails.kind, 'password_link')))[0]!;
/** Lets the head approve a password link for the handler, with delivery by e-mail. */
async function approveLink(): Promise<void> {
	expect(await createPasswordLink(admin, idOf(handler))).toBeUndefined();
	const [change] = await listAccessChanges(head, 'waiting');
	await decideAccessChange(head, change?.id ?? '', { decision: 'approve', link: 'mail' });
}
/** As the operator, whose changes need no approval. */
const giveAddress = async (whom: Actor, email: string) =>
	changeAccount(await systemActor([]), idOf(whom), { name: 'Penangan Contoh', email, active: true });

test('notifies the account concerned and the supervisors once of a request, and also the person who asked of its end', async () => {
	const address = await giveEmailAddress(head);
	await grantRole(admin, idOf(handler), { unitId: unit.id, role: 'supervisor' });
	await sweepAccessChanges();
	await sweepAccessChanges();
	for (const person of [handler, head, above]) expect(await noticesTo(person)).toEqual(['access_asked']);
	expect(await noticesTo(admin)).toEqual([]);
	const [mail] = await emailsTo(address);
	expect(mail?.subject).toMatch(/^Akun Contoh.*: perubahan akses menunggu keputusan$/);
	expect(mail?.body).toContain('\nPeran baru: Penyelia, Kantor Contoh');
	expect(mail?.body).toContain('\nSesudah perubahan ini pemilik akun membuat kata sandi baru');
	expect(mail?.body).toContain('\nTanpa keputusan, berlaku pada ');
	expect(mail?.body).toContain('\nWithout a decision it takes effect on ');

	const [change] = await listAccessChanges(head, 'waiting');
	const deciders = [head, above].map(({ name }) => ({ name, hasPassword: false }));
	expect(change?.deciders.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
		deciders.toSorted((a, b) => a.name.localeCompare(b.name))
	);
	await decideAccessChange(above, change?.id ?? '', { decision: 'decline' });
	await sweepAccessChanges();
	expect(await noticesToEach(admin, head, above)).toEqual([
		['access_ended'],
		['access_asked', 'access_ended'],
		['access_asked']
	]);
	// The request is marked as read for everybody. The outcome is unread for the head only.
	expect([await countUnread(head), await countUnread(above)]).toEqual([1, 0]);
});

test('the e-mail with the link says that a new role ended the password', async () => {
	await giveEmailAddress(handler);
	await grantRole(admin, idOf(handler), { unitId: unit.id, role: 'supervisor' });
	const [change] = await listAccessChanges(head, 'waiting');
	await decideAccessChange(head, change?.id ?? '', { decision: 'approve', link: 'mail' });
	await sweepAccessChanges();
	expect((await linkMail()).body).toContain('Karena itu, kata sandi lama Anda');
});

test('promises no date for a link that nobody can hand over without a decision', async () => {
	const address = await giveEmailAddress(head);
	await createPasswordLink(admin, idOf(handler));
	await sweepAccessChanges();
	const [mail] = await emailsTo(address);
	expect(mail?.body).toContain('Perubahan ini tidak berlaku sendiri dan menunggu penyelia');
	expect(mail?.body).not.toContain('Tanpa keputusan');
	expect(mail?.body).not.toContain('mencabut penyelia itu');
});

test('notifies everybody concerned of a change that takes effect after 24 hours', async () => {
	await grantRole(admin, idOf(admin), { unitId: unit.id, role: 'handler' });
	await inHours(25, sweepAccessChanges);
	for (const person of [admin, head, above]) expect(await noticesTo(person)).toContain('access_ended');
	expect((await actorOf(idOf(admin)))?.units.handler).toEqual([unit.id]);
});

test('notifies the account and the other supervisors of removed roles and switched-off accounts', async () => {
	await revokeRole(admin, idOf(head), { unitId: unit.id, role: 'supervisor' });
	await changeAccount(admin, idOf(handler), { name: 'Penangan Contoh' });
	await sweepAccessChanges();
	expect(await noticesToEach(head, above)).toEqual([['access_closed'], ['access_closed', 'access_closed']]);
});

test('notifies a supervisor whose account is linked to an officer, and the others', async () => {
	const other = await makeOfficer(unit.id);
	await changeOfficer(admin, other.id, { name: other.name, accountId: head.accountId, active: 'on' });
	await createOfficer(admin, unit.id, { name: 'Petugas Contoh', accountId: handler.accountId, active: 'on' });
	await sweepAccessChanges();
	expect(await noticesToEach(head, above)).toEqual([
		['access_closed', 'access_closed'],
		['access_closed', 'access_closed']
	]);
	const linked = { kind: 'officer_linked', officer: other.name, account: { id: head.accountId } };
	expect(await listAccessChanges(above, 'ended', idOf(head))).toMatchObject([linked]);
	// Who gets an officer's link instead of another account learns of it too.
	const second = await makeActor([[unit.id, 'supervisor']]);
	await changeOfficer(admin, other.id, { name: other.name, accountId: second.accountId, active: 'on' });
	await decideAccessChange(above, (await listAccessChanges(above, 'waiting'))[0]?.id ?? '', { decision: 'approve' });
	expect(await listAccessChanges(above, 'ended', idOf(second))).toMatchObject([{ kind: 'officer_linked' }]);
});

test('the link leaves in an e-mail to the account’s own address, and stands nowhere in the database', async () => {
	const address = await giveEmailAddress(handler);
	await approveLink();
	await sweepAccessChanges();
	const mail = await linkMail();
	expect(mail.address).toBe(address);
	await deliverMail(mail.id, 1);
	const text = server.emails().at(-1)?.text ?? '';
	const token = /\/sandi\/(\S+)/.exec(text)?.[1] ?? '';
	expect(JSON.stringify(await db().select().from(mails))).not.toContain(token);
	expect(await usePasswordLink(token, 'jalan trans sulawesi')).toBeDefined();
});

test('an e-mail with a link does not leave to an address that is the account’s no longer', async () => {
	await giveEmailAddress(handler);
	await approveLink();
	await sweepAccessChanges();
	const { id } = await linkMail();
	await giveAddress(handler, 'baru@contoh.invalid');
	await deliverMail(id, 1);
	expect([(await linkMail()).state, server.emails()]).toEqual(['withdrawn', []]);
});

test('an address that changes between the approval and the e-mail gets no link', async () => {
	const address = await giveEmailAddress(handler);
	await approveLink();
	await giveAddress(handler, 'baru@contoh.invalid');
	await sweepAccessChanges();
	const mail = await linkMail();
	expect(mail.address).toBe(address);
	await deliverMail(mail.id, 1);
	expect(server.emails()).toEqual([]);
});
