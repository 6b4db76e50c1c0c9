import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { chooseNotices } from '#lib/server/channels/notice-choices.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, conversations } from '#lib/server/db/schema/channels.ts';
import { calendarDays } from '#lib/server/db/schema/clocks.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { haltConnection, testConnection } from '#lib/server/escalation/connection/connection.ts';
import { previewDigest, sendDigestNow, writeDigests } from './digest.ts';
import { notifyOfTrouble } from './site-trouble.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { forwardedCase, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { markAbsent, switchOff, giveEmailAddress } from '#lib/dev/testing/notices.ts';
import { atTime } from '#lib/dev/testing/office.ts';

useLapor();
useMailServer();

/** Friday, 08:00 in Makassar. All forwards are from the Tuesday before. */
const EIGHT = '2026-12-04T00:00:00Z';
const tuesday = <T>(work: () => Promise<T>) => atTime('2026-12-01T01:00:00Z', work);
async function writeAt(...moments: string[]): Promise<void> {
	for (const moment of moments) await atTime(moment, writeDigests);
}

beforeEach(async () => {
	// Each test has only its own supervisors.
	await db().delete(roles);
	overrideEnv({ ORIGIN: ['https://spatula.contoh.go.id'] });
});

async function person(...given: Parameters<typeof makeActor>) {
	const actor = await makeActor(...given);
	return { ...actor, accountId: actor.accountId ?? '', email: await giveEmailAddress(actor) };
}

/** Makes an office with a supervisor. */
async function office(timeZone = 'Asia/Makassar', parent?: { id: string; path: string }) {
	const unit = await makeUnit({ timeZone, ...(parent ? { parent } : {}) });
	return { unit, supervisor: await person([[unit.id, 'supervisor']]) };
}

/** Makes an office with a supervisor and a forward of unknown outcome since Tuesday. */
async function waitingOffice(timeZone?: string) {
	const made = await office(timeZone);
	return { ...made, forward: await unknownForward(made.unit) };
}

async function unknownForward(unit: { id: string; code: string }) {
	const actor = await makeActor([[unit.id, 'handler']]);
	const { escalation } = await tuesday(() => forwardedCase({ unit, actor }));
	await db()
		.update(escalations)
		.set({ state: 'unknown', reasonCode: 'timeout', createStartedAt: new Date('2026-12-01T08:04:00Z') })
		.where(eq(escalations.id, escalation.id));
	return escalation;
}

const storedMails = () => db().select().from(mails).orderBy(mails.createdAt, mails.address);
const addresses = async () => (await storedMails()).map(({ address }) => address).sort();

describe('the eight o’clock digest', () => {
	it('counts the incoming messages of the reader’s offices, and names failing channels of these offices', async () => {
		const { unit, supervisor } = await office();
		const head = await makeOfficer(unit.id);
		const named = await person([[unit.id, 'supervisor']], head.id);
		const both = await person([[unit.id, 'supervisor', 'admin']]);
		const elsewhere = await person([[(await makeUnit()).id, 'admin', 'supervisor']]);
		const mailbox = await makeConnection(unit);
		await tuesday(() => receive(mailbox, 'sari@contoh.example', 'Antrean lama.'));
		const naming = { named: [head.id] };
		await db().update(conversations).set(naming);
		await tuesday(() => receive(mailbox, 'budi@contoh.example', 'Antrean sangat lama.'));
		await db()
			.update(connections)
			.set({ lastError: 'lost', lastErrorAt: new Date('2026-12-03T02:00:00Z') });
		await writeAt(EIGHT);
		const told = new Map((await storedMails()).map(({ address, body }) => [address, body]));
		expect(told.get(supervisor.email)).toContain('Menunggu diputuskan: 2');
		const failing = `- ${mailbox.address}: tidak berfungsi sejak Kamis, 3 Desember 2026, 10.00 WITA`;
		expect(told.get(supervisor.email)).toContain(`/desk/messages\n${failing}`);
		expect(told.get(named.email)).toContain('Menunggu diputuskan: 1');
		expect(told.get(both.email)).toContain(`/admin/channels\n${failing}`);
		expect(told.has(elsewhere.email)).toBe(false);
		expect([...told.values()].join()).not.toMatch(/Antrean|sari|budi/);
		await db().update(connections).set({ removedAt: new Date() });
	});

	it('is not written to a supervisor who switched it off', async () => {
		const { supervisor } = await waitingOffice();
		await chooseNotices(supervisor, { wanted: [] });
		await writeAt(EIGHT);
		expect(await addresses()).toEqual([]);
	});

	it.each([
		['Asia/Jakarta', '2026-12-04T00:59:00Z', '2026-12-04T01:00:00Z', '08.00 WIB'],
		['Asia/Makassar', '2026-12-03T23:59:00Z', EIGHT, '08.00 WITA'],
		['Asia/Jayapura', '2026-12-03T22:59:00Z', '2026-12-03T23:00:00Z', '08.00 WIT']
	])('is written once at 08:00 in %s, without text of the report', async (zone, before, eight, shown) => {
		const { supervisor, forward } = await waitingOffice(zone);
		await writeAt(before);
		expect(await storedMails()).toEqual([]);
		await writeAt(eight, eight);
		const [mail, more] = await storedMails();
		expect(more).toBeUndefined();
		expect(mail).toMatchObject({ address: supervisor.email, kind: 'digest', state: 'waiting' });
		expect(mail?.body).toContain(`Jumat, 4 Desember 2026, ${shown}`);
		expect(mail?.body).toContain(`/desk/escalations/${forward.id}\n`);
		expect(mail?.body).not.toContain('Antrean di loket');
	});

	it('is not written on a weekend or holiday, but on each working day', async () => {
		const { supervisor } = await waitingOffice();
		await db().insert(calendarDays).values({ day: '2026-12-07', kind: 'national', name: 'Hari Contoh' });
		await writeAt('2026-12-05T01:00:00Z', '2026-12-06T01:00:00Z', '2026-12-07T01:00:00Z');
		expect(await storedMails()).toEqual([]);
		await writeAt('2026-12-08T00:00:00Z', '2026-12-09T00:00:00Z');
		expect((await storedMails()).map(({ address, body }) => [address, /pada (\w+),/.exec(body)?.[1]])).toEqual([
			[supervisor.email, 'Selasa'],
			[supervisor.email, 'Rabu']
		]);
		await db().delete(calendarDays).where(eq(calendarDays.day, '2026-12-07'));
	});

	it('is written late on the same day after a downtime, and never for a past day', async () => {
		await waitingOffice();
		await writeAt('2026-12-03T00:00:00Z');
		// The site was down from Thursday night to Friday afternoon. Friday's digest is late, and Thursday's is not
		// repeated.
		await writeAt('2026-12-04T06:30:00Z', '2026-12-04T15:59:00Z');
		// Already Saturday at the office, so nothing is written for Friday.
		await writeAt('2026-12-04T16:01:00Z');
		expect((await storedMails()).map(({ body }) => /pada (\w+, \d+ \w+ \d+, [\d.]+)/.exec(body)?.[1])).toEqual([
			'Kamis, 3 Desember 2026, 08.00',
			'Jumat, 4 Desember 2026, 14.30'
		]);
	});

	it('is not written if there is nothing to report, nor later on that day', async () => {
		const { unit } = await office();
		await writeAt(EIGHT);
		await unknownForward(unit);
		await writeAt('2026-12-04T02:00:00Z');
		expect(await storedMails()).toEqual([]);
	});

	it('is written once to each present supervisor with an address, of the office and above', async () => {
		const { unit: root, supervisor: above } = await office();
		const { unit, supervisor } = await office('Asia/Makassar', root);
		const both = await person([
			[root.id, 'supervisor'],
			[unit.id, 'supervisor', 'handler']
		]);
		const away = await person([[unit.id, 'supervisor']]);
		await atTime(EIGHT, () => markAbsent(away));
		const off = await person([[unit.id, 'supervisor']]);
		await switchOff(off);
		await makeActor([[unit.id, 'supervisor']]);
		await person([[unit.id, 'handler']]);
		await person([[unit.id, 'manager', 'admin']]);
		await unknownForward(unit);
		await writeAt(EIGHT);
		expect(await addresses()).toEqual([above.email, supervisor.email, both.email].sort());
		await writeAt('2026-12-07T00:00:00Z');
		expect((await addresses()).filter((address) => address === away.email)).toHaveLength(1);
	});

	it('is written once per day to a supervisor of offices in two zones', async () => {
		const { unit: east } = await office('Asia/Jayapura');
		const { unit: west } = await waitingOffice('Asia/Jakarta');
		const both = await person([
			[east.id, 'supervisor'],
			[west.id, 'supervisor']
		]);
		await writeAt('2026-12-03T23:00:00Z', '2026-12-04T01:00:00Z');
		expect((await addresses()).filter((address) => address === both.email)).toHaveLength(1);
	});

	it('does not include a case that names the reader', async () => {
		const { unit, supervisor } = await office();
		const officer = await makeOfficer(unit.id);
		const named = await person([[unit.id, 'supervisor']], officer.id);
		const [about, other] = [await unknownForward(unit), await unknownForward(unit)];
		await db()
			.insert(caseOfficers)
			.values({ caseId: about.caseId, officerId: officer.id, source: 'staff', state: 'named' });
		await writeAt(EIGHT);
		const bodyFor = async (email: string) => (await storedMails()).find(({ address }) => address === email)?.body ?? '';
		expect(await bodyFor(supervisor.email)).toContain('perlu dicek: 2');
		expect(await bodyFor(named.email)).toContain('perlu dicek: 1');
		expect(await bodyFor(named.email)).toContain(other.reference);
		expect(await bodyFor(named.email)).not.toContain(about.reference);
	});

	it('is written once by concurrent workers', async () => {
		await waitingOffice();
		await atTime(EIGHT, () => Promise.all([writeDigests(), writeDigests(), writeDigests()]));
		expect(await storedMails()).toHaveLength(1);
	});

	it('is written later on the same day if the mail server was missing', async () => {
		await waitingOffice();
		overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
		await writeAt(EIGHT);
		expect(await storedMails()).toEqual([]);
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
		await writeAt('2026-12-04T01:00:00Z');
		expect(await storedMails()).toHaveLength(1);
	});

	it('has unrecorded reports only for offices that record all reports at LAPOR', async () => {
		const { unit, supervisor } = await office();
		const choosing = await office();
		await db().update(units).set({ recordAllAtLapor: true }).where(eq(units.id, unit.id));
		for (const { id, code } of [unit, choosing.unit]) {
			const actor = await makeActor([[id, 'handler']]);
			const { escalation } = await tuesday(() => forwardedCase({ unit: { code }, actor }));
			await db().update(escalations).set({ state: 'closed' }).where(eq(escalations.id, escalation.id));
			await tuesday(() => verifiedCase({ unit: { code }, actor }));
		}
		await writeAt(EIGHT);
		const [mail, more] = await storedMails();
		expect(more).toBeUndefined();
		expect(mail?.address).toBe(supervisor.email);
		expect(mail?.body).toContain('Belum tercatat di SP4N-LAPOR!: 1');
	});
});

describe('the digest on request', () => {
	it('is previewed and sent to the actor only, once a minute, in addition to the morning’s', async () => {
		const { supervisor, forward } = await waitingOffice();
		await office();
		await writeAt(EIGHT);
		const shown = await atTime('2026-12-04T03:00:00Z', () => previewDigest(supervisor));
		expect(shown).toMatchObject({ address: supervisor.email, siteSendsEmail: true, morning: true });
		expect(shown.forwards).toMatchObject([{ id: forward.id, state: 'unknown' }]);
		expect(shown.digest?.body).toContain('Jumat, 4 Desember 2026, 11.00 WITA');
		for (const moment of ['03:00:10', '03:00:50', '03:01:10'])
			expect(await atTime(`2026-12-04T${moment}Z`, () => sendDigestNow(supervisor))).toBe('sent');
		expect(await addresses()).toEqual([supervisor.email, supervisor.email, supervisor.email]);
	});

	it('is not sent without content, address or mail server', async () => {
		const { unit, supervisor } = await office();
		expect(await sendDigestNow(supervisor)).toBe('nothing');
		await unknownForward(unit);
		expect(await sendDigestNow(await makeActor([[unit.id, 'handler']]))).toBe('no_address');
		overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
		expect(await sendDigestNow(supervisor)).toBe('no_mail');
		expect(await storedMails()).toEqual([]);
	});
});

describe('a halted connection', () => {
	it('notifies root administrators once per halt and once when it ends', async () => {
		const root = await makeUnit();
		const unit = await makeUnit({ parent: root });
		const admin = await person([[root.id, 'admin']]);
		await person([[unit.id, 'admin']]);
		await person([[root.id, 'supervisor']]);
		const reason = { code: 'unauthorised' as const, status: 401 };
		await Promise.all([haltConnection(reason), haltConnection(reason)]);
		await haltConnection({ code: 'forbidden' });
		const told = async () => {
			await notifyOfTrouble();
			await notifyOfTrouble();
			return (await storedMails()).filter(({ subject }) => subject.includes('LAPOR'));
		};
		const [mail, more] = await told();
		expect(more).toBeUndefined();
		expect(mail).toMatchObject({ kind: 'notice', address: admin.email });
		expect(mail?.body).toContain('https://spatula.contoh.go.id/admin/health');
		expect((await testConnection(admin)).ok).toBe(true);
		expect(await told()).toHaveLength(2);
		await haltConnection(reason);
		expect(await told()).toHaveLength(3);
	});

	it('is at the top of every supervisor’s digest, even if nothing waits', async () => {
		const { supervisor } = await office();
		await atTime('2026-12-03T07:00:00Z', () => haltConnection({ code: 'unauthorised' }));
		await writeAt(EIGHT);
		const [mail] = await storedMails();
		expect(mail).toMatchObject({
			address: supervisor.email,
			subject: 'Penerusan ke SP4N-LAPOR! berhenti (Jumat, 4 Desember 2026)'
		});
		expect(mail?.body).toContain('SAMBUNGAN DIHENTIKAN sejak Kamis, 3 Desember 2026, 15.00 WITA');
	});
});
