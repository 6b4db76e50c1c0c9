import { and, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { act, atTime, caseIn, lastEntry, nameOfficer, readCase, story } from '#lib/dev/testing/office.ts';
import {
	askAsReporter,
	deliverReporterMails,
	reporterMailsOf,
	reportWithAddress,
	writeReporterMails
} from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { reporterMailState } from '#lib/server/cases/mail-preference.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { mails, reporterMail } from '#lib/server/db/schema/mails.ts';
import { numbers } from '#lib/server/db/schema/numbers.ts';
import { consentsOfCase } from '#lib/server/people/consents.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { readLog } from '#lib/server/people/audit-log.ts';
import { confirmContact, contactToConfirm, decideRequest, liftRestriction } from './decide.ts';
import { requestOwnData } from './receive.ts';
import { readRequest, requestsAbout } from './register.ts';

const office = useOffice();
const server = useMailServer();
const REPORTER = { name: 'Pelapor Contoh 2', phone: '081234500002' };
const named = { identity: 'named', reporter: REPORTER };

let admin: Actor;
beforeEach(async () => {
	admin = await makeActor([[office.unit.id, 'admin']]);
});

const ask = async (...request: Parameters<typeof askAsReporter>) => (await askAsReporter(...request)).id;
const stateOf = async (id: string) => (await db().select().from(dataRequests).where(eq(dataRequests.id, id)))[0]?.state;
const grant = (id: string, input: Record<string, unknown> = {}) =>
	decideRequest(admin, id, { decision: 'grant', version: 1, ...input });
const reporterOf = async (reference: string) => decryptReporter((await readCase(reference)).reporterSealed);

test('a correction changes the named fields; of the name the timeline says only that it was corrected', async () => {
	const { reference } = await makeCase(office.unit, {
		...named,
		title: 'Antrean',
		body: 'Kejadiannya hari Selasa di loket dua.'
	});
	const id = await ask(reference, { kind: 'correction', words: 'Nama saya salah tulis, dan harinya Senin.' });
	await expect(grant(id)).rejects.toMatchObject({ issues: [{ code: 'correction_nothing' }] });
	await expect(grant(id, { incident_on: '2199-12-31' })).rejects.toMatchObject({ issues: [{ code: 'date_ahead' }] });
	const body = 'Kejadiannya hari Senin di loket dua.';
	await grant(id, { body, name: 'Pelapor Contoh Dua' });
	expect(await readCase(reference)).toMatchObject({ body, title: 'Antrean' });
	expect(await reporterOf(reference)).toMatchObject({ name: 'Pelapor Contoh Dua', phone: REPORTER.phone });
	const entry = await lastEntry(reference, 'data_corrected');
	const before = 'Kejadiannya hari Selasa di loket dua.';
	expect(entry?.data.changes).toEqual([{ field: 'body', before, after: body }, { field: 'name' }]);
	expect(await story(reference)).toEqual(['opened', 'data_requested', 'data_corrected', 'data_decided']);
});

test('a withdrawn consent ends forwarding with identity, publication and e-mails from now on', async () => {
	const { reference } = await reportWithAddress(office.unit, { consent_lapor: true, secret: false });
	await grant(await ask(reference, { kind: 'consent' }));
	const row = await readCase(reference);
	expect(row).toMatchObject({ consentLapor: false, secret: true });
	const [preference] = await db().select().from(reporterMail).where(eq(reporterMail.caseId, row.id));
	expect(preference?.stoppedAt).not.toBeNull();
	const withdrawn = (await consentsOfCase(row.id)).filter(({ given }) => !given).map(({ kind }) => kind);
	expect(withdrawn.sort()).toEqual(['lapor_identity', 'publication', 'reporter_mail']);
	expect((await lastEntry(reference, 'data_decided'))?.data.sent).toEqual([]);
});

/** A report with two parts that were split off. The second one names the administrator who decides, and LAPOR has it. */
async function splitReport() {
	const { reference: whole } = await reportWithAddress(office.unit, { consent_lapor: true });
	const split = (body: string) =>
		act(splitCase, office.handler, whole, { kind: 'complaint', body, submission_id: crypto.randomUUID() });
	const part = await split('Sediakan kursi untuk orang tua di ruang tunggu.');
	const hidden = await split('Petugas di loket meminta uang kepada saya.');
	const [officer, decider] = await makeOfficerWithAccount(office.unit.id, ['admin']);
	await nameOfficer(office.supervisor, hidden, officer);
	const forwarded = { mode: 'manual', purpose: 'record', state: 'sent', laporId: '7700555' } as const;
	const at = new Date();
	await db()
		.insert(escalations)
		.values({
			...forwarded,
			caseId: (await readCase(hidden)).id,
			nn: 1,
			reference: `${hidden}/1`,
			title: 'Uang',
			content: 'Petugas meminta uang.',
			purposeReason: 'Dicatat.',
			waitingSince: at,
			createdAt: at,
			updatedAt: at
		});
	const decide = async (kind: 'consent' | 'restriction' | 'correction', input: Record<string, unknown> = {}) => {
		const id = await ask(whole, { kind, ...(kind === 'correction' && { words: 'Nama saya salah tulis.' }) });
		await decideRequest(decider, id, { decision: 'grant', version: 1, reason: 'Nomor antrean A-17.', ...input });
		return id;
	};
	return { all: [whole, part, hidden] as const, decider, decide };
}

describe('in a split report', () => {
	test('withdrawn consents end in every part, and the person who decides learns nothing of a hidden part', async () => {
		const { all, decider, decide } = await splitReport();
		const id = await decide('consent');
		for (const reference of all) {
			const row = await readCase(reference);
			expect([row.consentLapor, await reporterMailState(row)]).toEqual([false, 'stopped']);
			const withdrawn = (await consentsOfCase(row.id)).filter(({ given }) => !given).map(({ kind }) => kind);
			expect(withdrawn.sort()).toEqual(['lapor_identity', 'reporter_mail']);
		}
		const { number } = await readRequest(decider, id);
		const entries = await Promise.all(all.map((reference) => lastEntry(reference, 'data_decided')));
		expect(entries).toMatchObject(Array(3).fill({ public: true, data: { number, outcome: 'granted' } }));
		expect(entries.map((entry) => [entry?.data.reason, entry?.data.sent])).toEqual([
			['Nomor antrean A-17.', []],
			[undefined, []],
			[undefined, ['7700555']]
		]);
		const [, , hidden] = all;
		const read = JSON.stringify([await readRequest(decider, id), await readLog(decider, {}, 'Asia/Makassar')]);
		for (const word of [hidden, '7700555']) expect(read).not.toContain(word);
	});

	test('a restriction and its lifting apply to every part, and the reason is in the report of the request only', async () => {
		const { all, decider, decide } = await splitReport();
		const restricted = () => Promise.all(all.map(async (one) => (await readCase(one)).processingRestrictedAt !== null));
		const reasons = (type: string) => Promise.all(all.map(async (one) => (await lastEntry(one, type))?.data.reason));
		const id = await decide('restriction');
		expect(await restricted()).toEqual([true, true, true]);
		expect(await reasons('data_decided')).toEqual(['Nomor antrean A-17.', undefined, undefined]);
		const mailCounts = async () => {
			const written = await Promise.all(all.map((one) => writeReporterMails(one).then(() => reporterMailsOf(one))));
			return written.map((some) => some.filter(({ subject }) => subject.includes('permintaan data')).length);
		};
		expect(await mailCounts()).toEqual([1, 0, 0]);
		await liftRestriction(decider, id, { reason: 'Pelapor meminta pembatasan diakhiri.' });
		expect(await restricted()).toEqual([false, false, false]);
		expect(await reasons('restriction_lifted')).toEqual(['Pelapor meminta pembatasan diakhiri.', undefined, undefined]);
		const { number } = await readRequest(decider, id);
		for (const one of all)
			expect(await lastEntry(one, 'restriction_lifted')).toMatchObject({ data: { number, kind: 'restriction' } });
		const later = await decide('restriction');
		const again = liftRestriction(decider, id, { reason: 'Permintaan yang lama.' });
		await expect(again).rejects.toMatchObject({ code: 'stale' });
		const mayLift = async (one: string) => (await readRequest(decider, one)).mayLift;
		expect([await mayLift(id), await mayLift(later)]).toEqual([false, true]);
	});

	test('a restriction can be lifted in a part after the report of the request was destroyed', async () => {
		const { all, decider, decide } = await splitReport();
		const id = await decide('restriction');
		const [whole, part] = all;
		await db().update(cases).set({ destroyedAt: new Date() }).where(eq(cases.reference, whole));
		await liftRestriction(decider, id, { reason: 'Pelapor meminta pembatasan diakhiri.' });
		expect((await readCase(part)).processingRestrictedAt).toBeNull();
		expect((await lastEntry(whole, 'restriction_lifted'))?.data).not.toHaveProperty('reason');
	});

	// The embedded database runs one transaction at a time.
	test.runIf(process.env.TEST_DATABASE === 'postgres')(
		'withdrawn consents end also in a part that is split off from another part at the same time',
		async () => {
			const { all, decide } = await splitReport();
			const [locked, split] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
			// The new part waits for its number, so that it is not there yet when the decision reads the parts.
			const numbering = transaction(async (tx) => {
				const ofCases = and(eq(numbers.kind, 'case'), eq(numbers.unitId, office.unit.id));
				await tx.select().from(numbers).where(ofCases).for('update');
				locked.resolve();
				await split.promise;
			});
			await locked.promise;
			const matter = {
				kind: 'complaint',
				body: 'Kursi roda di pintu masuk rusak.',
				submission_id: crypto.randomUUID()
			};
			const splitting = act(splitCase, office.handler, all[1], matter);
			await expect.poll(lockWaits).toBe(1);
			const deciding = decide('consent');
			await expect.poll(lockWaits).toBe(2);
			split.resolve();
			const [reference] = await Promise.all([splitting, deciding, numbering]);
			expect((await readCase(reference)).consentLapor).toBe(false);
		}
	);

	test('a corrected name reaches the parts that the person who decides may see', async () => {
		const { all, decide } = await splitReport();
		await decide('correction', { name: 'Andi Contoh Dua' });
		const names = await Promise.all(all.map(async (reference) => (await reporterOf(reference))?.name));
		expect(names).toEqual(['Andi Contoh Dua', 'Andi Contoh Dua', 'Andi Contoh']);
		const told = await Promise.all(all.map(async (one) => (await lastEntry(one, 'data_corrected'))?.data.changes));
		expect(told).toEqual([[{ field: 'name' }], [{ field: 'name' }], undefined]);
		const [, , hidden] = all;
		expect(await story(hidden)).not.toContain('data_corrected');
	});
});

/** How many statements wait for a row that another transaction holds. */
const lockWaits = async () => {
	const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
	return (await rowsOf(db(), waiting)).length;
};

test('a withdrawn report is archived as withdrawn, or closed if it was answered; a refusal with its article leaves it open', async () => {
	const { reference } = await caseIn(office, 'in_progress', named);
	const refused = await ask(reference, { kind: 'report', sure: 'on' });
	const ground = 'UU 27/2022 Pasal 15 ayat (1) huruf b';
	const reason = 'Dugaan ini sedang diperiksa.';
	await decideRequest(admin, refused, { decision: 'refuse', version: 1, ground, reason });
	expect((await readCase(reference)).status).toBe('in_progress');
	const asked = await ask(reference, { kind: 'report', sure: 'on' });
	expect(await readRequest(admin, asked)).toMatchObject({ withdrawsForward: false });
	const forwarded = { escalationState: 'waiting' as const };
	await db().update(cases).set(forwarded).where(eq(cases.reference, reference));
	expect(await readRequest(admin, asked)).toMatchObject({ withdrawsForward: true });
	await grant(asked);
	// Its data stays until its period has passed.
	const stays = { reporterSealed: expect.any(String) as string };
	expect(await readCase(reference)).toMatchObject({ status: 'archived', archiveReason: 'withdrawn', ...stays });
	expect(await lastEntry(reference, 'archived')).toMatchObject({ data: { by_reporter: true } });
	const answered = await caseIn(office, 'answered', named);
	await grant(await ask(answered.reference, { kind: 'report', sure: 'on' }));
	expect((await readCase(answered.reference)).status).toBe('closed');
});

test('a new contact is used only after the link to the current e-mail address, which works once, however often it is pressed', async () => {
	const { reference, email } = await reportWithAddress(office.unit);
	const id = await ask(reference, { kind: 'contact', email: 'baru@contoh.invalid' });
	expect(await stateOf(id)).toBe('confirming');
	await writeReporterMails(reference);
	const [row] = (await db().select().from(mails)).filter(({ body }) => body.includes('contact_link'));
	expect(row?.body).not.toContain('/lacak/kontak/');
	await deliverReporterMails(reference);
	const mail = server.emails().find(({ text }) => text.includes('/lacak/kontak/'));
	expect(mail?.to).toBe(email);
	const token = /\/lacak\/kontak\/([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
	expect(await contactToConfirm(token)).toMatchObject({ waiting: { reference } });
	expect(await reporterOf(reference)).toMatchObject({ email });
	await Promise.all([confirmContact(token), confirmContact(token)]);
	await confirmContact(token);
	expect(await reporterOf(reference)).toMatchObject({ email: 'baru@contoh.invalid' });
	expect(await stateOf(id)).toBe('granted');
	expect(await contactToConfirm(token)).toMatchObject({ waiting: null });
	expect((await story(reference)).filter((type) => type === 'contact_changed')).toHaveLength(1);
	const entries = JSON.stringify((await lastEntry(reference, 'contact_changed'))?.data);
	expect(entries).not.toContain('contoh.invalid');
});

test('the link to the current address expires with the deadline', async () => {
	const { reference } = await reportWithAddress(office.unit);
	await ask(reference, { kind: 'contact', email: 'baru2@contoh.invalid' });
	await writeReporterMails(reference);
	await deliverReporterMails(reference);
	const texts = server.emails().map(({ text }) => /\/lacak\/kontak\/([\w-]+)/.exec(text)?.[1]);
	const token = texts.findLast((found) => found) ?? '';
	const late = new Date(Date.now() + 3 * DAY_MS + 60_000);
	await expect(atTime(late, () => confirmContact(token))).rejects.toMatchObject({ name: 'NotFound' });
	await confirmContact(token);
	await expect(atTime(late, () => contactToConfirm(token))).rejects.toMatchObject({ name: 'NotFound' });
});

test('staff call a former telephone number and note it; a destroyed report takes no contact', async () => {
	const { reference } = await makeCase(office.unit, named);
	const id = await ask(reference, { kind: 'contact', phone: '081234500099' });
	await expect(grant(id)).rejects.toMatchObject({ issues: [{ code: 'reason_missing' }] });
	expect(await reporterOf(reference)).toMatchObject({ phone: REPORTER.phone });
	await grant(id, { reason: 'Nomor lama dihubungi dan membenarkan.' });
	expect(await reporterOf(reference)).toMatchObject({ phone: '081234500099' });
	const late = await ask(reference, { kind: 'correction', words: 'Judulnya keliru, mohon diperbaiki.' });
	await db().update(cases).set({ destroyedAt: new Date() }).where(eq(cases.reference, reference));
	const destroyed = { present: { reason: 'destroyed' } };
	await expect(grant(late, { title: 'Judul baru' })).rejects.toMatchObject(destroyed);
	await expect(ask(reference, { kind: 'contact', phone: '081234500097' })).rejects.toMatchObject(destroyed);
});

test('an officer asks about their own data, and does not decide it', async () => {
	const [, own] = await makeOfficerWithAccount(office.unit.id, ['admin']);
	const words = 'Nama panggilan saya keliru.';
	await requestOwnData(own, { kind: 'correction', words, submission_id: crypto.randomUUID() });
	const [request] = await requestsAbout({ accountId: own.accountId ?? '' });
	await expect(readRequest(own, request?.id ?? '')).rejects.toMatchObject({ name: 'NotFound' });
	const logged = async (reader: Actor) => (await readLog(reader, {}, 'Asia/Makassar')).map(({ subject }) => subject);
	expect(await logged(own)).not.toContain(request?.number);
	expect(await logged(admin)).toContain(request?.number);
	expect(await readRequest(admin, request?.id ?? '')).toMatchObject({ account: own.name, hasCase: false });
	await grant(request?.id ?? '', { reason: 'Nama panggilan sudah diperbaiki.' });
});
