import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { changeRule } from '#lib/server/calendar/change-rules.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { attachments, cases } from '#lib/server/db/schema/cases.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { emailsTo, giveEmailAddress, noticesTo } from '#lib/dev/testing/notices.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { addAffected, listAffected, previewAffected } from './affected.ts';
import { breachFor, breachView, changeFacts, listBreaches, recordBreach, setBreachState } from './book.ts';
import { notifyOfBreaches } from './due.ts';
import { breachAddresses, changeBreachAddresses, lettersOf, noticesToReporter, saveLetter } from './letters.ts';
import { markTold, notifyAffected } from './notify-affected.ts';

useMailServer();

type Unit = Awaited<ReturnType<typeof makeUnit>>;
let root: Unit;
let unit: Unit;
let rootAdmin: Actor;
let admin: Actor;
let elsewhere: Actor;
let above: Actor;
let handler: Actor;

beforeAll(async () => {
	root = await makeUnit({ code: '7600' });
	unit = await makeUnit({ parent: root, code: '7604' });
	const other = await makeUnit({ parent: root, code: '7605' });
	rootAdmin = await makeActor([[root.id, 'admin']]);
	admin = await makeActor([[unit.id, 'admin']]);
	elsewhere = await makeActor([[other.id, 'admin', 'supervisor']]);
	above = await makeActor([[root.id, 'supervisor']]);
	handler = await makeActor([[unit.id, 'handler']]);
	await atTime('2026-03-02T02:00:00Z', () => makeCase(other));
});

const facts = {
	title: 'Daftar pelapor terkirim keliru',
	what: 'Daftar berisi nama pelapor terkirim ke alamat yang salah.',
	foundBy: 'Petugas Contoh',
	dataKinds: 'Nama dan nomor telepon pelapor'
};
const KNOWN = '2026-03-03T02:00:00Z';
const after = (hours: number) => new Date(new Date(KNOWN).getTime() + hours * HOUR_MS);
const record = (actor = admin, more = {}) =>
	atTime(KNOWN, () => recordBreach(actor, { unitId: unit.id, ...facts, ...more }));
const clock = async (id: string, hours: number) => (await atTime(after(hours), () => breachFor(admin, id))).clock;
const letter = async (actor: Actor, id: string, to: string, more = {}) => {
	const found = (await lettersOf(actor, id)).letters.find((one) => one.to === to);
	await saveLetter(actor, id, { to, version: found?.version, addressee: found?.addressee, body: found?.body, ...more });
};
const mailed = { sent: 'true', sentAt: '2026-03-03T11:00', sentHow: 'E-mail dinas' };

describe('the breach book', () => {
	it('numbers breaches without gaps per unit and year, with the rule of that day', async () => {
		const first = await record();
		await atTime(after(1), () =>
			changeRule(rootAdmin, 'breach.any.any.any', { days: 24, dayUnit: 'hours', basis: 'Aturan contoh' })
		);
		const second = await atTime(after(2), () => recordBreach(admin, { unitId: unit.id, ...facts }));
		await expect(changeBreachAddresses(admin, await breachAddresses())).rejects.toThrow(NotAllowed);
		expect(await breachFor(admin, first)).toMatchObject({ formattedNumber: '1/INSIDEN/7604/2026', hours: 72 });
		expect(await breachFor(admin, second)).toMatchObject({
			formattedNumber: '2/INSIDEN/7604/2026',
			hours: 24,
			basis: 'Aturan contoh'
		});
		expect(await noticesTo(rootAdmin)).toEqual(['breach_recorded', 'breach_recorded']);
	});

	it('records a form that is sent twice once, without a gap in the numbers', async () => {
		const submission_id = crypto.randomUUID();
		const first = await record();
		const [one, same] = await Promise.all([record(admin, { submission_id }), record(admin, { submission_id })]);
		expect([one, same]).toEqual([submission_id, submission_id]);
		await expect(record(admin, { submission_id, fromAt: '2026-03-01T08:00' })).rejects.toMatchObject({
			code: 'submission-reused'
		});
		const numbers = [first, one, await record()].map(async (id) => (await breachFor(admin, id)).number);
		const [before = 0, ...later] = await Promise.all(numbers);
		expect(later).toEqual([before + 1, before + 2]);
	});

	it('is kept by administrators and the responsible person, and read by supervisors of the root', async () => {
		const id = await record();
		const responsible = await makeActor([[unit.id, 'supervisor']]);
		await expect(breachFor(responsible, id)).rejects.toThrow(NotFound);
		const named = { privacyAccountId: responsible.accountId };
		await transaction((tx) => tx.update(units).set(named).where(eq(units.id, unit.id)));
		expect((await breachFor(responsible, id)).mayChange).toBe(true);
		await record();
		await db()
			.delete(roles)
			.where(eq(roles.accountId, responsible.accountId ?? ''));
		await record();
		expect(await noticesTo(responsible)).toEqual(['breach_recorded']);
		await db()
			.insert(roles)
			.values({ accountId: responsible.accountId ?? '', unitId: unit.id, role: 'supervisor' });
		expect((await breachFor(rootAdmin, id)).mayChange).toBe(true);
		expect((await breachFor(above, id)).mayChange).toBe(false);
		await expect(changeFacts(above, id, { ...facts, version: 1 })).rejects.toThrow(NotFound);
		for (const actor of [elsewhere, handler]) {
			await expect(breachFor(actor, id)).rejects.toThrow(NotFound);
			expect((await listBreaches(actor)).items).toEqual([]);
		}
		await expect(record(elsewhere)).rejects.toThrow(NotFound);
	});

	it('changes facts only from the version that was seen, and refuses a future moment', async () => {
		const id = await record(admin, { knownAt: '2026-03-03T08:30' });
		expect((await breachFor(admin, id)).knownAt).toEqual(new Date('2026-03-03T00:30:00Z'));
		await expect(record(admin, { knownAt: '2026-03-03T10:30' })).rejects.toThrow(Invalid);
		await atTime(after(1), () => changeFacts(admin, id, { ...facts, version: 1, causes: 'Salah alamat.' }));
		await expect(changeFacts(admin, id, { ...facts, version: 1 })).rejects.toThrow(Conflict);
		const { entries, causes } = await breachView(admin, id);
		expect(causes).toBe('Salah alamat.');
		expect(entries.map(({ action }) => action)).toEqual(['breach.recorded', 'breach.changed']);
		for (const version of [2 ** 31 - 1, 1.5])
			await expect(letter(admin, id, 'authority', { version })).rejects.toThrow('field_invalid');
		await setBreachState(admin, id, { version: 2, state: 'closed', reason: 'Ternyata bukan insiden.' });
		await expect(addAffected(admin, id, { way: 'person', person: 'x' })).rejects.toThrow(Conflict);
	});
});

describe('the people affected', () => {
	let id: string;
	const preview = async (input: object, actor = admin) => (await previewAffected(actor, id, input)).count;

	beforeAll(async () => {
		await atTime('2026-03-02T02:00:40Z', () => makeCase(unit));
		await atTime('2026-03-02T03:00:00Z', () => makeCase(unit, { channel: 'phone' }, { by: 'staff', actor: handler }));
		const { reference } = await atTime('2026-03-02T04:00:00Z', () => makeCase(unit, { category: 'integrity' }));
		const [row] = await db().select().from(cases).where(eq(cases.reference, reference));
		await db()
			.insert(attachments)
			.values({
				id: crypto.randomUUID(),
				caseId: row?.id ?? 0,
				name: 'Foto 1.jpg',
				mediaType: 'image/jpeg',
				bytes: 1,
				sha256: 'ab12',
				at: new Date()
			});
		const trial = await makeUnit({ parent: unit, state: 'trial' });
		const visitor = await makeActor([[trial.id, 'handler']]);
		await atTime('2026-03-02T05:00:00Z', () => makeCase(trial, {}, { visitor }));
		id = await record();
	});

	it('are found by number, range, time, account and file, always within the unit and without practice', async () => {
		const first = 'SPATULA-7604-26-000001';
		expect(await preview({ way: 'number', first })).toBe(1);
		expect(await preview({ way: 'number', first, last: 'spatula 7604 26 000002' })).toBe(2);
		expect(await preview({ way: 'number', first: 'SPATULA-7605-26-000001' })).toBe(0);
		await expect(preview({ way: 'number', first, last: 'SPATULA-7605-26-000009' })).rejects.toThrow(Invalid);
		const day = { way: 'time', from: '2026-03-02T00:00', to: '2026-03-02T23:59' };
		expect(await preview({ ...day, span: 'received' })).toBe(3);
		expect(await preview({ ...day, span: 'received', from: '2026-03-02T11:30' })).toBe(1);
		expect(await preview({ ...day, span: 'received', to: '2026-03-02T10:00' })).toBe(1);
		const [{ username = '' } = {}] = await db()
			.select()
			.from(accounts)
			.where(eq(accounts.id, handler.accountId ?? ''));
		expect(await preview({ ...day, span: 'recorded', by: username })).toBe(1);
		expect(await preview({ ...day, span: 'changed', by: username })).toBe(1);
		await expect(preview({ ...day, span: 'changed', by: 'tidak.ada' })).rejects.toThrow(Invalid);
		expect(await preview({ way: 'file', attached: 'ab12' })).toBe(1);
		expect(await preview({ way: 'file', attached: 'Foto 1.jpg' })).toBe(1);
		await expect(preview({ way: 'file', attached: 'ab12' }, elsewhere)).rejects.toThrow(NotFound);
	});

	it('are added once, and show numbers only to people who may see the cases', async () => {
		const all = { way: 'time', span: 'received', from: '2026-03-02T00:00', to: '2026-03-02T23:59' };
		expect(await previewAffected(admin, id, all)).toMatchObject({ count: 3, known: 0, references: [] });
		expect(await addAffected(admin, id, all)).toBe(3);
		expect(await addAffected(admin, id, all)).toBe(0);
		expect(await previewAffected(admin, id, all)).toMatchObject({ count: 3, known: 3 });
		const numbers = async (actor: Actor) => (await listAffected(actor, id)).items.map(({ reference }) => reference);
		expect(await numbers(admin)).toEqual([null, null, null]);
		const contacts = (await listAffected(admin, id)).items.map(({ contact }) => contact);
		expect(contacts.toSorted()).toEqual([null, 'page', 'page']);
		expect(await listAffected(admin, id)).toMatchObject({ hidden: 1, counts: [{ contact: 'page', count: 2 }] });
		expect(new Set(await numbers(above)).size).toBe(3);
		await makeOfficer(unit.id, 'Petugas Contoh 9');
		for (const person of ['Petugas Contoh 9', 'Tamu Contoh']) await addAffected(admin, id, { way: 'person', person });
		const { items } = await listAffected(admin, id);
		expect(items.slice(3).map(({ name }) => name)).toEqual(['Petugas Contoh 9', 'Tamu Contoh']);
		const other = await record();
		await addAffected(admin, other, { way: 'number', first: 'spatula 7604 26 000001' });
		const log = await db().select().from(auditEntries).where(eq(auditEntries.action, 'breach.affected_added'));
		expect(log.map((entry) => entry.after)).toEqual([
			{ way: 'time', count: 3 },
			{ way: 'person', count: 1 },
			{ way: 'person', count: 1 },
			{ way: 'number', reference: 'SPATULA-7604-26-000001', count: 1 }
		]);
		expect(await addAffected(admin, await record(), { way: 'file', attached: 'ab12' })).toBe(1);
		expect(await addAffected(admin, await record(), { ...all, span: 'changed' })).toBe(3);
	});
});

describe('telling', () => {
	it('sends no letter by itself, and stops the clock when everybody and the authority were told', async () => {
		const reporter = { name: 'Pelapor Contoh 1', email: 'pelapor1@contoh.invalid' };
		const opened = [
			await atTime('2026-02-01T02:00:00Z', () => makeCase(unit)),
			await atTime('2026-02-01T03:00:00Z', () => makeCase(unit, { identity: 'named', reporter })),
			await atTime('2026-02-01T04:00:00Z', () =>
				makeCase(unit, { identity: 'named', reporter: { name: 'Pelapor Contoh 2', phone: '081200000002' } })
			)
		];
		const affected = await makeActor([[unit.id, 'handler']]);
		const address = await giveEmailAddress(affected);
		const [account] = await db().select().from(accounts).where(eq(accounts.email, address));
		const id = await record(admin, { measures: 'Surat ditarik kembali.' });
		const day = { way: 'time', span: 'received', from: '2026-02-01T00:00', to: '2026-02-01T23:59' };
		await atTime(after(1), () => addAffected(admin, id, day));
		await atTime(after(1), () => addAffected(admin, id, { way: 'person', person: account?.username }));

		const before = await db().select().from(mails);
		await atTime(after(2), () => letter(admin, id, 'authority'));
		expect(await lettersOf(admin, id)).toMatchObject({ letters: { 3: { version: 1, sentAt: null } } });
		await expect(letter(admin, id, 'authority', { sent: 'true' })).rejects.toThrow(Invalid);
		await atTime(after(3), () => letter(admin, id, 'authority', mailed));
		await expect(letter(admin, id, 'authority', { body: 'Lain' })).rejects.toThrow(Conflict);
		await expect(notifyAffected(admin, id)).rejects.toThrow(Conflict);
		expect(await db().select().from(mails)).toEqual(before);

		const [anonymous] = await db()
			.select()
			.from(cases)
			.where(eq(cases.reference, opened[0]?.reference ?? ''));
		expect(await noticesToReporter(anonymous?.id ?? 0)).toEqual([]);
		await atTime(after(4), () => letter(admin, id, 'people', { sent: 'true' }));
		expect(await noticesToReporter(anonymous?.id ?? 0)).toMatchObject([{ at: after(4) }]);
		expect(await breachFor(admin, id)).toMatchObject({ affected: 4, untold: 3 });

		expect(await atTime(after(5), () => notifyAffected(admin, id))).toBe(2);
		expect(await notifyAffected(admin, id)).toBe(0);
		const [mail] = await db().select().from(mails).where(eq(mails.kind, 'reporter'));
		const endMail = (state: string) => db().update(mails).set({ state }).where(eq(mails.kind, 'reporter'));
		await endMail('failed');
		await atTime(after(5), notifyOfBreaches);
		expect(await breachFor(admin, id)).toMatchObject({ affected: 4, untold: 2 });
		expect((await listAffected(admin, id)).items.filter(({ toldAt }) => toldAt === null)).toHaveLength(2);
		expect(await notifyAffected(admin, id)).toBe(0);
		// Also after the e-mail was deleted, as all are after three months.
		const deleted = await db().delete(mails).where(eq(mails.kind, 'reporter')).returning();
		await atTime(after(5), notifyOfBreaches);
		expect(await breachFor(admin, id)).toMatchObject({ untold: 2 });
		await db().insert(mails).values(deleted);
		await endMail('sent');
		await atTime(after(5), notifyOfBreaches);
		expect(mail?.subject).toContain('data pribadi');
		expect(mail?.body).not.toContain(facts.what);
		expect(await noticesTo(affected)).toContain('breach_affected');
		expect((await emailsTo(address)).map(({ body }) => body.includes(facts.what))).toEqual([false]);

		const { items, counts } = await listAffected(admin, id);
		const contacts = counts.map(({ contact, count, told }) => `${contact} ${told}/${count}`);
		expect(contacts.toSorted()).toEqual(['desk 1/1', 'email 1/1', 'other 0/1', 'page 1/1']);
		expect(await clock(id, 6)).toMatchObject({ metAt: null, hoursLeft: 66 });
		const byPhone = items.filter(({ toldAt }) => toldAt === null).map((item) => item.id);
		await atTime(after(6), () => markTold(admin, id, { pick: byPhone, how: 'Lewat telepon' }));
		expect(await clock(id, 100)).toMatchObject({ metAt: after(6), overdue: false });
		const log = await db().select().from(auditEntries).where(eq(auditEntries.action, 'breach.told'));
		expect(log.map(({ after: told }) => told)).toEqual([{ how: 'desk, email', count: 2 }, { count: 1 }]);
	});

	it('counts nobody as told whose account is switched off', async () => {
		const gone = await makeActor([[unit.id, 'handler']]);
		const [account] = await db()
			.update(accounts)
			.set({ active: false })
			.where(eq(accounts.id, gone.accountId ?? ''))
			.returning();
		const id = await record();
		await addAffected(admin, id, { way: 'person', person: account?.username });
		await atTime(after(1), () => letter(admin, id, 'people', { sent: 'true' }));
		expect(await notifyAffected(admin, id)).toBe(0);
		expect((await listAffected(admin, id)).counts).toMatchObject([{ contact: 'other', told: 0 }]);
	});
});
