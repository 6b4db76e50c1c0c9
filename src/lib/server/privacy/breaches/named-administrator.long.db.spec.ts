import { and, eq, sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { namesHiddenCase } from '#lib/server/cases/visible-references.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { auditCsv, auditLines } from '#lib/server/web/audit-lines.ts';
import { readLog } from '#lib/server/people/audit-log.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { idOf, makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { addAffected, listAffected, previewAffected } from './affected.ts';
import { breachFor, breachView, countOpenBreaches, listBreaches, recordBreach } from './book.ts';
import { lettersOf, saveLetter } from './letters.ts';
import { markTold, notifyAffected } from './notify-affected.ts';

useMailServer();

let named: Actor;
let other: Actor;
let id: string;
let unit: Awaited<ReturnType<typeof makeUnit>>;
let naming: string;

const facts = { title: 'Insiden', what: 'Daftar terkirim keliru.', foundBy: 'Petugas', dataKinds: 'Nama' };
const day = { way: 'time', span: 'received', from: '2026-03-02T00:00', to: '2026-03-02T23:59' };
const reporter = { name: 'Pelapor Contoh', email: 'pelapor@contoh.invalid' };

beforeAll(async () => {
	unit = await makeUnit({ code: '7604' });
	const [officer, account] = await makeOfficerWithAccount(unit.id, ['admin']);
	named = account;
	other = await makeActor([[unit.id, 'admin', 'supervisor']]);
	const report = { category: 'integrity', officer: officer.id, identity: 'named', reporter };
	naming = (await atTime('2026-03-02T02:00:00Z', () => makeCase(unit, report))).reference;
	await atTime('2026-03-02T03:00:00Z', () => makeCase(unit));
	id = await atTime('2026-03-03T02:00:00Z', () => recordBreach(named, { unitId: unit.id, ...facts }));
});

test('no search, list, count or log entry tells a named administrator of the report', async () => {
	const one = { way: 'number', first: naming };
	expect(await previewAffected(named, id, one)).toMatchObject({ count: 0, known: 0, references: [] });
	expect(await previewAffected(other, id, one)).toMatchObject({ count: 1 });
	expect(await previewAffected(named, id, day)).toMatchObject({ count: 1 });
	expect(await addAffected(named, id, one)).toBe(0);
	expect(await listAffected(named, id)).toMatchObject({ items: [], counts: [], hidden: 0 });
	expect(await breachFor(named, id)).toMatchObject({ affected: 0, untold: 0 });
	expect((await listBreaches(named)).items).toMatchObject([{ affected: 0, untold: 0 }]);
	expect((await breachView(named, id)).entries.map(({ action }) => action)).not.toContain('breach.affected_added');
	expect(await addAffected(named, id, day)).toBe(1);
	expect(await listAffected(named, id)).toMatchObject({ counts: [{ contact: 'page', count: 1 }], hidden: 0 });
	// The report is in the book nevertheless, so that its reporter is told.
	expect(await db().$count(breachSubjects, eq(breachSubjects.breachId, id))).toBe(2);
	expect(await breachFor(other, id)).toMatchObject({ affected: 2, untold: 2 });
	expect((await listAffected(other, id)).items).toHaveLength(2);
});

test('actions of such an administrator on the report are logged for everybody else', async () => {
	expect(await loggedReports(other)).toEqual([['breach.report_added', naming]]);
	expect(await loggedReports(named)).toEqual([]);
});

test('each search is logged without names', async () => {
	const before = await searches();
	await previewAffected(other, id, { way: 'number', first: naming });
	// The same number in another spelling is no range.
	await previewAffected(other, id, { way: 'number', first: naming, last: naming.toLowerCase() });
	await previewAffected(other, id, { way: 'person', person: 'Tamu Contoh' });
	const single = { way: 'number', reference: naming };
	expect((await searches()).slice(before.length)).toEqual([single, single, { way: 'person' }]);
});

test('actions of others on this report alone are hidden from the named administrator, and its number from everybody', async () => {
	const second = await atTime('2026-03-04T02:00:00Z', () => recordBreach(other, { unitId: unit.id, ...facts }));
	expect(await addAffected(other, second, { way: 'number', first: naming })).toBe(1);
	const entries = async (reader: Actor) => (await breachView(reader, second)).entries;
	expect((await entries(named)).map(({ action }) => action)).toEqual(['breach.recorded']);
	expect((await entries(other)).map(({ action }) => action)).toEqual(['breach.recorded', 'breach.affected_added']);
	expect(JSON.stringify(await entries(other))).not.toContain(naming);
	const logged = async (reader: Actor) =>
		(await auditLines(reader, { area: 'breach' }, 'Asia/Makassar'))
			.map(({ changes }) => JSON.stringify(changes))
			.join();
	expect([await logged(other), await logged(named)].map((text) => text.includes(naming))).toEqual([true, false]);
	expect(await logged(named)).not.toContain('SPATULA-…');
});

test('an officer reads no count of what others did, which includes reports that name them', async () => {
	const third = await atTime('2026-03-05T02:00:00Z', () => recordBreach(other, { unitId: unit.id, ...facts }));
	expect(await addAffected(other, third, day)).toBe(2);
	const added = async (reader: Actor) => (await breachView(reader, third)).entries.at(-1)?.after;
	expect([await added(other), await added(named)]).toEqual([{ way: 'time', count: 2 }, { way: 'time' }]);
	const logged = async (reader: Actor) => {
		const [line] = await auditLines(reader, { area: 'breach' }, 'Asia/Makassar');
		return line?.changes.map(({ is }) => is);
	};
	expect([(await logged(other))?.length, (await logged(named))?.length]).toEqual([2, 1]);
	for await (const line of auditCsv(named, { area: 'breach' }, 'Asia/Makassar')) expect(line).not.toContain('Jumlah');
});

test('letters give the named administrator no number from which the report follows', async () => {
	const to = 'authority';
	const fourth = await atTime('2026-03-06T02:00:00Z', () => recordBreach(other, { unitId: unit.id, ...facts }));
	await addAffected(other, fourth, day);
	const letter = async (reader: Actor) => (await lettersOf(reader, fourth)).letters.find((one) => one.to === to)!;
	expect((await letter(other)).body).toContain('diketahui: 2 orang');
	expect((await letter(named)).body).toContain('diketahui: sedikitnya 1 orang');
	const edit = async (by: Actor, more = {}) => {
		const { body, version, addressee } = await letter(by);
		await saveLetter(by, fourth, { to, version, addressee, body: `${body} …`, ...more });
	};
	await edit(other);
	expect((await letter(named)).body).toContain('diketahui: … orang');
	// Only then the page explains the sign, not if somebody typed it.
	expect([(await letter(named)).isHidden, (await letter(other)).isHidden]).toEqual([true, false]);
	await edit(named, { sent: 'on', sentAt: '2026-03-06T12:00', sentHow: 'Kurir' });
	expect((await letter(other)).body).toContain('diketahui: 2 orang');
	const read = [await letter(named), await breachView(named, fourth)];
	expect(JSON.stringify(read)).not.toContain('2 orang');
	for await (const line of auditCsv(named, { area: 'breach' }, 'Asia/Makassar')) expect(line).not.toContain('2 orang');
});

test('an officer reads no number that another officer wrote in a letter', async () => {
	const [, second] = await makeOfficerWithAccount(unit.id, ['admin']);
	const fifth = await atTime('2026-03-07T02:00:00Z', () => recordBreach(other, { unitId: unit.id, ...facts }));
	await addAffected(other, fifth, day);
	const letter = async (reader: Actor) => (await lettersOf(reader, fifth)).letters[0]!;
	const { to, version, addressee, body } = await letter(second);
	expect(body).toContain('diketahui: sedikitnya 2 orang');
	await saveLetter(second, fifth, { to, version, addressee, body });
	const read = await letter(named);
	expect(read.body).toContain('diketahui: … orang');
	await saveLetter(named, fifth, { to, version: 1, addressee, body: read.body });
	expect((await letter(other)).body).toContain('diketahui: sedikitnya 2 orang');
});

test('the reporter is told, and the named administrator reads no number of it', async () => {
	const { letters } = await lettersOf(named, id);
	const { body, version } = letters.find(({ to }) => to === 'people')!;
	await saveLetter(named, id, { to: 'people', version, addressee: 'Pelapor', body, sent: 'true' });
	const [row] = await db().select().from(cases).where(eq(cases.reference, naming));
	expect(await notifyAffected(named, id)).toBe(0);
	const subject = and(eq(breachSubjects.breachId, id), eq(breachSubjects.caseId, row?.id ?? 0));
	expect(await db().select({ how: breachSubjects.toldHow }).from(breachSubjects).where(subject)).toEqual([
		{ how: 'email' }
	]);
	expect((await breachView(named, id)).entries.map(({ action }) => action)).not.toContain('breach.told');
	expect(await loggedReports(other)).toContainEqual(['breach.report_told', naming]);
	expect(await loggedReports(named)).toEqual([]);
});

test('a restricted report can be marked as told without its number and contact, one that names the keeper never', async () => {
	const phone = { name: 'Pelapor Contoh', phone: '081200000002' };
	const report = { category: 'integrity', identity: 'named', reporter: phone };
	const { reference } = await atTime('2026-03-01T02:00:00Z', () => makeCase(unit, report));
	expect(await addAffected(named, id, { way: 'number', first: reference })).toBe(1);
	const restricted = async () => (await listAffected(named, id)).items.filter(({ contact }) => contact === null);
	const [row] = await restricted();
	expect(row).toMatchObject({ isCase: true, reference: null, name: null, toldAt: null });
	await markTold(named, id, { pick: [row?.id], how: 'Telepon ke 081200000002' });
	expect(await restricted()).toMatchObject([{ toldAt: expect.any(Date) as Date, toldHow: null }]);
	await db().update(breachSubjects).set({ toldAt: null, toldHow: null }).where(eq(breachSubjects.breachId, id));
	const all = await db().select().from(breachSubjects).where(eq(breachSubjects.breachId, id));
	expect(all).toHaveLength(3);
	await markTold(named, id, { pick: all.map((one) => one.id), how: 'Telepon' });
	expect(await breachFor(named, id)).toMatchObject({ affected: 2, untold: 0 });
	expect(await breachFor(other, id)).toMatchObject({ affected: 3, untold: 1 });
});

/** Entries of the log about single reports of the breach book, as a person reads them. */
async function loggedReports(actor: Actor) {
	const hidden = namesHiddenCase(actor, sql`${auditEntries.subject}`);
	const entries = await readLog(actor, { area: 'breach' }, 'Asia/Makassar', hidden);
	const about = entries.filter(({ action }) => action.startsWith('breach.report_'));
	return about.map(({ action, subject }) => [action, subject]);
}

const searches = async () =>
	(
		await db()
			.select({ after: auditEntries.after })
			.from(auditEntries)
			.where(and(eq(auditEntries.action, 'breach.searched'), eq(auditEntries.actorId, idOf(other))))
			.orderBy(auditEntries.id)
	).map(({ after }) => after);

test('open breaches are counted for people who read those of a unit', async () => {
	const below = await makeUnit({ parent: unit });
	const supervisor = await makeActor([[below.id, 'supervisor']]);
	expect(await countOpenBreaches(other)).toBeGreaterThan(0);
	expect(await countOpenBreaches(supervisor)).toBeNull();
});
