import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { WHATSAPP_SANDBOX } from '#lib/dev/whatsapp-sandbox/store.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { applyDueChanges, decideAccessChange } from '#lib/server/people/access/changes.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { sweepAccessChanges } from '#lib/server/staff-notices/access-changes.ts';
import { connectionOf, removeConnection, saveConnection, secretsOf, waitingChanges } from './connections.ts';
import { deliverMessage } from '../outgoing/delivery.ts';
import { CONNECTION_FORMS, redirectsMessages, setUpConnection } from './connection-forms.ts';
import { storeApproved } from './store-connection.ts';
import { idOf, makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeOffice } from '#lib/dev/testing/office.ts';
import { emailsTo, giveEmailAddress, noticesTo } from '#lib/dev/testing/notices.ts';
import { inHours, logOf } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { connectWhatsApp, newCitizen, reportBy, runJobs, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';

const office = useOffice();
const phone = useWhatsApp(office);
const OTHER = 'http://127.0.0.1:9';

let admin: Actor;
beforeEach(async () => {
	admin = await makeActor([[office.unit.id, 'admin']]);
});

const formWith = (changes: Record<string, string>) => {
	const { number: address, phoneNumberId, version } = WHATSAPP_SANDBOX;
	return { address, phoneNumberId, version, baseUrl: phone.url, ...changes };
};
const save = (changes: Record<string, string> = {}) =>
	setUpConnection(admin, office.unit.code, 'whatsapp', formWith(changes));
const redirects = (changes: Record<string, string>) =>
	redirectsMessages(admin, office.unit.code, 'whatsapp', formWith(changes));
const stored = async () => (await connectionOf(admin, office.unit.code, 'whatsapp')).connection;
const asked = async () => {
	const [row] = await db()
		.select()
		.from(accessChanges)
		.where(eq(accessChanges.accountId, idOf(admin)));
	if (!row) throw new Error('no change was requested');
	return row;
};
/** The job of the newest approved change. */
async function newestApproved() {
	const newest = sql`select data from pgboss.job where name = 'connection-approved' order by created_on desc limit 1`;
	const [job] = await rowsOf<{ data: Parameters<typeof storeApproved>[0] }>(db(), newest);
	return job?.data;
}
async function runApproved(): Promise<void> {
	const job = await newestApproved();
	if (job) await storeApproved(job);
}
const report = (name = 'Rahma') =>
	reportBy(newCitizen(phone, name), 'Antrean di loket dua terlalu lama sejak Senin pagi.');

test('a connection that nobody has written to changes at once', async () => {
	expect(await save({ baseUrl: OTHER, token: 'baru', appSecret: 'rahasia-baru' })).toBe(true);
	expect((await stored())?.settings.baseUrl).toBe(OTHER);
});

test('a message that was refused for the key is sent at once after the connection is saved', async () => {
	phone.store.faults.error = 190;
	await newCitizen(phone, 'Menunggu kunci').say('Selamat pagi');
	const ofConnection = eq(outgoingMessages.connectionId, (await stored())?.id ?? '');
	const message = async () => (await db().select().from(outgoingMessages).where(ofConnection))[0];
	const refused = await message();
	expect(refused).toMatchObject({ state: 'waiting', reason: 'token' });
	expect(refused?.nextAttemptAt?.getTime()).toBeGreaterThan(Date.now());
	phone.store.faults.error = null;
	expect(await save()).toBe(true);
	expect((await message())?.nextAttemptAt?.getTime()).toBeLessThanOrEqual(Date.now());
	await deliverMessage(refused?.id ?? '', 2);
	await phone.store.settled();
	await runJobs();
	expect((await message())?.state).toBe('read');
});

test('test messages of an office that never opened do not make its connection a used one', async () => {
	const unit = await makeUnit({ state: 'new' });
	await connectWhatsApp(unit, phone.url);
	const its = await makeActor([[unit.id, 'admin']]);
	// Stored, and not processed before the office opens.
	phone.store.say(
		'6281240001234',
		'Uji coba',
		{ type: 'text', text: { body: 'Selamat pagi' } },
		{ text: 'Selamat pagi' }
	);
	await phone.store.settled();
	const other = formWith({ phoneNumberId: '99999999' });
	expect(await redirectsMessages(its, unit.code, 'whatsapp', other)).toBe(false);
	expect(await setUpConnection(its, unit.code, 'whatsapp', other)).toBe(true);
});

test.each([
	['address', { baseUrl: OTHER, token: 'baru' }],
	['secret', { appSecret: 'rahasia-baru' }],
	['number', { address: '6281240009999' }],
	['number id', { phoneNumberId: '99999999' }]
])('another %s of a used connection asks for the password and waits for a supervisor', async (_, change) => {
	await report();
	const before = await stored();
	expect(await redirects(change)).toBe(true);
	expect(await save(change)).toBe(false);
	expect(await stored()).toMatchObject({ settings: before?.settings, secretsSealed: before?.secretsSealed });
	const row = await asked();
	expect(row).toMatchObject({ state: 'waiting', unitIds: [office.unit.id] });
	expect(JSON.stringify(row)).not.toMatch(/rahasia-baru|"baru"/);
	await sweepAccessChanges();
	expect(await noticesTo(office.supervisor)).toContain('access_asked');
	const [listed] = await listAccessChanges(office.supervisor, 'waiting', idOf(admin));
	const changed = expect.arrayContaining(Object.keys(change)) as string[];
	expect(listed).toMatchObject({ mayApprove: true, connection: { channel: 'whatsapp', changed } });
	expect(listed?.connection?.changed).toHaveLength(Object.keys(change).length);
	await decideAccessChange(office.supervisor, row.id, { decision: 'approve' });
	await runApproved();
	const { token, appSecret, baseUrl, ...others } = { token: '', appSecret: '', baseUrl: phone.url, ...change };
	const after = await stored();
	expect(after?.settings.baseUrl).toBe(baseUrl);
	expect({ ...after?.settings, address: after?.address }).toMatchObject(others);
	const secrets = await secretsOf(after!);
	expect(secrets).toMatchObject({ ...(token ? { token } : {}), ...(appSecret ? { appSecret } : {}) });
	expect((await asked()).data).not.toHaveProperty('secretsSealed');
});

test('a new token and template are stored at once, without the password', async () => {
	await report();
	expect(await redirects({ token: 'baru', templateName: 'kabar' })).toBe(false);
	expect(await save({ token: 'baru', templateName: 'kabar' })).toBe(true);
	expect(await secretsOf((await stored())!)).toMatchObject({ token: 'baru' });
});

test('repeating a request does not restart its 24 hours; a request with other secrets does', async () => {
	await report();
	const waiting = () => waitingChanges(admin, office.unit.id, 'whatsapp');
	expect(await save({ appSecret: 'rahasia-baru' })).toBe(false);
	const [first] = await waiting();
	expect(first).toMatchObject({ kind: 'connection', connection: { channel: 'whatsapp' } });
	await inHours(1, async () => {
		expect(await save({ appSecret: 'rahasia-baru' })).toBe(false);
		expect(await waiting()).toMatchObject([{ id: first?.id, takesEffectAt: first?.takesEffectAt }]);
		expect(await save({ appSecret: 'rahasia-lain' })).toBe(false);
		const [second, ...others] = await waiting();
		expect(others).toEqual([]);
		expect(second?.takesEffectAt.getTime()).toBeGreaterThan(first?.takesEffectAt.getTime() ?? 0);
	});
	expect(await waitingChanges(admin, office.unit.id, 'sms')).toEqual([]);
});

test('a removed connection that was used is set up again only with a supervisor, or after 24 hours', async () => {
	await report();
	await removeConnection(admin, (await stored())!.id);
	expect(await save({ baseUrl: OTHER, token: 'a', appSecret: 'b', verifyToken: 'c' })).toBe(false);
	expect(await stored()).toBeUndefined();
	await inHours(25, applyDueChanges);
	await runApproved();
	expect((await stored())?.settings.baseUrl).toBe(OTHER);
	expect((await asked()).state).toBe('effective');
});

test('if another office has taken the number, a new change is refused and a waiting one ends as overtaken', async () => {
	await report();
	expect(await save({ phoneNumberId: '77777777' })).toBe(false);
	const { unit: other } = await makeOffice();
	const otherAdmin = await makeActor([[other.id, 'admin']]);
	const form = formWith({ address: '6281240008888', phoneNumberId: '77777777' });
	const theirs = { ...form, token: 'a', appSecret: 'b', verifyToken: 'c' };
	expect(await setUpConnection(otherAdmin, other.code, 'whatsapp', theirs)).toBe(true);
	await inHours(25, applyDueChanges);
	expect((await stored())?.settings.phoneNumberId).toBe(WHATSAPP_SANDBOX.phoneNumberId);
	expect((await asked()).state).toBe('overtaken');

	// As if the other office had taken the number id after the form was read.
	const { connection } = await connectionOf(otherAdmin, other.code, 'whatsapp');
	const input = await CONNECTION_FORMS.whatsapp.read(connection, theirs);
	input.settings.phoneNumberId = WHATSAPP_SANDBOX.phoneNumberId;
	await expect(saveConnection(otherAdmin, other.code, 'whatsapp', input)).rejects.toMatchObject({ code: 'stale' });
});

test('an approved change whose job failed for a while does not undo one that was approved later', async () => {
	await report();
	const approve = async (appSecret: string) => {
		await save({ appSecret });
		const [waiting] = await waitingChanges(admin, office.unit.id, 'whatsapp');
		await decideAccessChange(office.supervisor, waiting?.id ?? '', { decision: 'approve' });
		return (await newestApproved())!;
	};
	const [first, second] = [await approve('rahasia-satu'), await approve('rahasia-dua')];
	for (const job of [second, first]) await storeApproved(job);
	expect(await secretsOf((await stored())!)).toMatchObject({ appSecret: 'rahasia-dua' });
});

test('a declined change is not stored; its e-mail and the log name what would have changed', async () => {
	await report();
	overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'SPATULA <spatula@contoh.invalid>' });
	const mailbox = await giveEmailAddress(office.supervisor);
	await save({ baseUrl: OTHER, token: 'baru', appSecret: 'rahasia-baru' });
	await sweepAccessChanges();
	const what = `Alamat API (dulu ${new URL(phone.url).host}), App secret, Access token.`;
	expect((await emailsTo(mailbox))[0]?.body).toContain(`127.0.0.1:9, ${office.unit.name}. Yang berubah: ${what}`);
	await decideAccessChange(office.supervisor, (await asked()).id, { decision: 'decline' });
	expect((await stored())?.settings.baseUrl).toBe(phone.url);
	const username = (await listAccessChanges(office.supervisor, 'ended', idOf(admin)))[0]?.account.username ?? '';
	const changed = ['baseUrl', 'appSecret', 'token'];
	const after = { channel: 'whatsapp', address: (await stored())?.address, host: '127.0.0.1:9', changed };
	expect(await logOf(username)).toMatchObject([
		{ action: 'access.waiting.connection', after },
		{ action: 'access.declined.connection', after }
	]);
});

test('WhatsApp shows no link to the receipt of a restricted report, nor of a report with a restricted part', async () => {
	const person = newCitizen(phone, 'Sari');
	const whole = await reportBy(person, 'Petugas meminta uang untuk mempercepat layanan di loket.');
	const part = await report('Rahma');
	await db().update(cases).set({ restricted: true }).where(eq(cases.id, whole.id));
	const refused = await person.press('Minta kode rahasia');
	expect(refused?.text).toContain('kode rahasianya tidak dikirim lewat WhatsApp');
	await db().update(cases).set({ restricted: false }).where(eq(cases.id, whole.id));
	await db().update(cases).set({ restricted: true, splitFromId: whole.id }).where(eq(cases.id, part.id));
	expect((await person.press('Minta kode rahasia'))?.text).toBe(refused?.text);
});
