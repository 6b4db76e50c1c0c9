import { beforeEach, expect, test } from 'vitest';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { countUnattended, unattendedCases } from '#lib/server/cases/handling/unattended.ts';
import { listNotices } from '#lib/server/channels/notice-list.ts';
import { db } from '#lib/server/db/index.ts';
import { systemActor, type Actor } from '#lib/server/people/actor.ts';
import { grantRole, revokeRole } from '#lib/server/people/grant-roles.ts';
import { sweepAccessChanges } from './access-changes.ts';
import { sweepUnattended } from './unattended.ts';
import { makeActor, makeCase, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import {
	countUnread,
	emailsTo,
	notifyOfTimeline as notifyOfEntries,
	noticesToEach,
	noticesTo,
	onlyEmailTo,
	switchOff,
	giveEmailAddress
} from '#lib/dev/testing/notices.ts';
import { nameOfficer, on, readCase } from '#lib/dev/testing/office.ts';

useMailServer();

const notifyOfTimeline = (reference: string) => notifyOfEntries(reference, { opening: true });

let root: Awaited<ReturnType<typeof makeUnit>>;
let head: Awaited<ReturnType<typeof makeOfficer>>;
let clerk: Awaited<ReturnType<typeof makeOfficer>>;
let supervisor: Actor;
let admin: Actor;
let namedAdmin: Actor;
let below: Actor;

/** An office whose only supervisor is an officer and so can be named. */
beforeEach(async () => {
	root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	head = await makeOfficer(root.id);
	clerk = await makeOfficer(root.id);
	supervisor = await makeActor([[root.id, 'supervisor']], head.id);
	admin = await makeActor([[root.id, 'admin']]);
	namedAdmin = await makeActor([[root.id, 'admin']], clerk.id);
	below = await makeActor([[unit.id, 'admin']]);
});

const findIntegrity = async (actor: Actor, reference: string) =>
	verifyCase(actor, reference, await on(reference, { category: 'integrity', class: 'plain' }));
const waiting = async (reference: string) => {
	const { id } = await readCase(reference);
	return (await unattendedCases(db(), 100)).some((row) => row.id === id);
};

test('notifies administrators once, without any text, of a report that names everybody who could open it', async () => {
	const address = await giveEmailAddress(admin);
	const { reference } = await makeCase(root, { officer: head.id, body: 'Kepala kantor tidak mau menerima saya.' });
	await notifyOfTimeline(reference);
	await notifyOfTimeline(reference);
	await sweepUnattended();
	expect(await waiting(reference)).toBe(true);
	expect(await noticesToEach(admin, supervisor, below)).toEqual([['case_unattended'], [], []]);
	const { subject, body } = await onlyEmailTo(address);
	expect(body).toContain(root.name);
	for (const secret of [reference, 'Kepala kantor', 'Pengaduan']) expect(`${subject} ${body}`).not.toContain(secret);
	expect((await listNotices(admin)).items).toMatchObject([{ case: null, data: { unit: root.name } }]);
});

test('if nobody at an office in trial can open its practice, other accounts get no notice, and no figure counts it', async () => {
	const unit = await makeUnit({ parent: root, state: 'trial' });
	await switchOff(supervisor);
	const { reference } = await makeCase(unit, {}, { visitor: await makeActor([[unit.id, 'manager']]) });
	await notifyOfTimeline(reference);
	await sweepUnattended();
	expect(await waiting(reference)).toBe(false);
	expect(await noticesTo(admin)).toEqual([]);
	expect(await countUnattended(db(), admin)).toBe(0);
});

test('an administrator whom the report names is not notified, and does not see it in the count', async () => {
	const desk = await makePlace(root.id, { kind: 'desk', officerId: clerk.id });
	const { reference } = await makeCase(root, { officer: head.id, place: desk.code });
	await notifyOfTimeline(reference);
	expect(await waiting(reference)).toBe(true);
	expect(await noticesTo(namedAdmin)).toEqual([]);
	expect(await countUnattended(db(), namedAdmin)).toBe(0);
	expect(await countUnattended(db(), admin)).toBe(1);
	expect(await countUnattended(db(), below)).toBe(0);
});

test('notifies them if naming another officer leaves nobody who can open the report', async () => {
	const { reference } = await makeCase(root);
	await notifyOfTimeline(reference);
	expect(await waiting(reference)).toBe(false);
	await nameOfficer(supervisor, reference, head);
	await notifyOfTimeline(reference);
	expect(await noticesTo(admin)).toEqual(['case_unattended']);
});

test('the nightly sweep notifies after an account was switched off, and marks the notice as read when somebody may open the report', async () => {
	const { reference } = await makeCase(root);
	await switchOff(supervisor);
	expect(await waiting(reference)).toBe(true);
	await sweepUnattended();
	await sweepUnattended();
	expect(await noticesTo(admin)).toEqual(['case_unattended']);
	await makeActor([[root.id, 'supervisor']]);
	expect(await waiting(reference)).toBe(false);
	expect(await countUnattended(db(), admin)).toBe(0);
	expect(await countUnread(admin)).toBe(1);
	await sweepUnattended();
	expect(await countUnread(admin)).toBe(0);
});

test('notifies at once of a report that is verified as integrity while there is no supervisor', async () => {
	const handler = await makeActor([[root.id, 'handler']]);
	await switchOff(supervisor);
	const { reference } = await makeCase(root);
	await findIntegrity(handler, reference);
	await notifyOfTimeline(reference);
	expect(await waiting(reference)).toBe(true);
	expect(await noticesTo(admin)).toEqual(['case_unattended']);
});

const noticesOfUnattended = async () => (await noticesTo(admin)).filter((kind) => kind === 'case_unattended').length;

test('notifies again of a report that somebody could open in between and nobody can open now', async () => {
	const address = await giveEmailAddress(admin);
	const { reference } = await makeCase(root, { officer: head.id });
	await notifyOfTimeline(reference);
	const third = await makeOfficer(root.id);
	const relief = await makeActor([[root.id, 'supervisor']], third.id);
	await findIntegrity(relief, reference);
	await notifyOfTimeline(reference);
	expect([await noticesOfUnattended(), await countUnread(admin)]).toEqual([1, 0]);
	await nameOfficer(relief, reference, third);
	await notifyOfTimeline(reference);
	await sweepUnattended();
	expect([await noticesOfUnattended(), await countUnread(admin)]).toEqual([2, 1]);
	expect(await emailsTo(address)).toHaveLength(2);
});

test('access changes end and start the unattended time of a report within a minute', async () => {
	const { reference } = await makeCase(root, { officer: head.id });
	await sweepUnattended();
	const relief = await makeActor([[root.id, 'manager']]);
	const id = relief.accountId ?? '';
	const role = { unitId: root.id, role: 'supervisor' };
	await grantRole(await systemActor([]), id, role);
	await sweepAccessChanges();
	expect(await waiting(reference)).toBe(false);
	await revokeRole(admin, id, role);
	await sweepAccessChanges();
	await sweepAccessChanges();
	expect(await noticesOfUnattended()).toBe(2);
});
