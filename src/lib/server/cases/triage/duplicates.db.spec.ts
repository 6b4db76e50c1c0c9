import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { makeCase, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { atTime, bringTo, caseIn, readCase, act } from '#lib/dev/testing/office.ts';
import { caseForActor } from '../find.ts';
import { archiveCase } from '../handling/archive.ts';
import { linkCase } from '../linking/link.ts';
import { likelyDuplicatesOf } from './duplicates.ts';
import { suggestionsFor } from './suggestion.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const QUEUE = 'Antrean di loket konsultasi tidak bergerak selama satu jam.';
const QUEUE_TOO = 'Saya mengantre lebih dari satu jam di loket konsultasi, antreannya tidak bergerak.';
const HEAT = 'AC di ruang tunggu mati dan pengunjung kepanasan sejak Senin.';

const sari = { identity: 'named', reporter: { name: 'Sari Contoh', phone: '081234567892' } };
const open = async (body: string, changes: Record<string, unknown> = {}) =>
	readCase((await makeCase(office.unit, { body, ...changes }, { channel: 'phone' })).reference);
const found = async ({ reference }: { reference: string }, by = office.handler) =>
	likelyDuplicatesOf(by, (await caseForActor(by, reference)).row);

test('shows reports about the same matter with similarity, common words and whether the reporter is the same', async () => {
	const row = await open(QUEUE, sari);
	const sameReporter = await open(QUEUE_TOO, sari);
	const other = await open(QUEUE_TOO);
	await open(HEAT);
	const list = await found(row);
	expect(list.map(({ reference }) => reference).sort()).toEqual([sameReporter.reference, other.reference].sort());
	expect(list.find(({ reference }) => reference === sameReporter.reference)).toMatchObject({
		sameSource: true,
		source: 'same_reporter'
	});
	expect(list.find(({ reference }) => reference === other.reference)).toMatchObject({
		sameSource: false,
		source: null,
		words: ['konsultasi', 'bergerak', 'antrean', 'loket']
	});
	expect(list[0]?.percent).toBeGreaterThan(60);
});

test('two anonymous reports have the same content, and nothing says that one person sent them', async () => {
	const row = await open(QUEUE);
	const again = await open(QUEUE);
	expect(await found(row)).toMatchObject([{ reference: again.reference, sameSource: true, source: 'same_content' }]);
});

test('neither a list nor a refusal reveals that a withheld reporter has reported before', async () => {
	const withheld = { ...sari, identity: 'withheld' };
	const row = await open(QUEUE, withheld);
	const named = await open(QUEUE_TOO, sari);
	const again = await open(`${QUEUE_TOO} Mohon dibantu.`, withheld);
	for (const one of [row, named, again])
		expect((await found(one)).map(({ sameSource, source }) => [sameSource, source])).toEqual([
			[false, null],
			[false, null]
		]);
	const archive = (duplicate_of: string) =>
		act(archiveCase, office.handler, row.reference, { reason: 'duplicate', duplicate_of });
	// The same words with the same name and contact may be a guess too.
	const guessed = await open(QUEUE, withheld);
	for (const { reference } of [named, again, guessed])
		await expect(archive(reference)).rejects.toMatchObject({ issues: [{ code: 'duplicate_other_reporter' }] });
});

test('compares reports of 14 days in the same office and category, without archived ones', async () => {
	const early = await atTime('2026-11-01T02:00:00Z', () => open(QUEUE));
	const row = await atTime('2026-11-20T02:00:00Z', () => open(QUEUE));
	const near = await atTime('2026-11-27T02:00:00Z', () => open(QUEUE_TOO));
	await makeCase(await makeUnit({ parent: office.root }), { body: QUEUE });
	const archived = await atTime('2026-11-21T02:00:00Z', () => open(QUEUE_TOO));
	await bringTo(office, archived.reference, 'archived');
	const list = (await found(row)).map(({ reference }) => reference);
	expect(list).toEqual([near.reference]);
	expect(list).not.toContain(early.reference);

	const elsewhere = await atTime('2026-11-22T02:00:00Z', () => open(QUEUE, { category: 'facilities' }));
	await bringTo(office, row.reference, 'verified');
	expect((await found(row)).map(({ reference }) => reference)).not.toContain(elsewhere.reference);
});

test('finds a similar report by its words, however many others came in those 14 days', async () => {
	const early = await atTime('2026-11-15T02:00:00Z', () => open(QUEUE_TOO, { title: 'Antrean' }));
	const older = await atTime('2026-10-25T02:00:00Z', () => open(QUEUE_TOO));
	const restricted = await atTime('2026-11-15T03:00:00Z', () => open(QUEUE_TOO, { category: 'integrity' }));
	const other = await atTime('2026-11-16T02:00:00Z', () => open(HEAT));
	await copyCases(other.id, 320);
	const row = await atTime('2026-11-20T02:00:00Z', () => open(QUEUE));
	expect((await found(row)).map(({ reference }) => reference)).toEqual([early.reference]);
	// The other report finds this one too. A restricted or older report is never found.
	expect((await found(early)).map(({ reference }) => reference)).toEqual([row.reference]);
	for (const hidden of [older, restricted])
		expect((await found(row, office.rootSupervisor)).map(({ reference }) => reference)).not.toContain(hidden.reference);

	// Among many reports that share one word each, those that share most words come first.
	const common = await atTime('2026-11-17T02:00:00Z', () =>
		open('Loket konsultasi tutup sepanjang Jumat, berkas perizinan gudang koperasi tertunda.')
	);
	await copyCases(common.id, 320);
	expect((await found(row)).map(({ reference }) => reference)).toEqual([early.reference]);
});

test('shows no report that the actor may not see, that is restricted or that is already linked', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const row = await open(QUEUE);
	const hidden = await open(QUEUE_TOO, { officer: officer.id });
	await open(QUEUE_TOO, { category: 'integrity' });
	expect((await found(row)).map(({ reference }) => reference)).toEqual([hidden.reference]);
	expect(await found(row, named)).toEqual([]);
	expect(await found(row, office.rootSupervisor)).toHaveLength(1);
	await act(linkCase, office.handler, hidden.reference, { main: row.reference });
	expect(await found(row)).toEqual([]);
	const third = await open(QUEUE);
	expect((await found(third)).length).toBe(2);
	const settled = await caseIn(office, 'answered', { body: QUEUE });
	expect(await found(settled)).toEqual([]);
});

test('suggests a category by words and by earlier reports of the office that the actor may see', async () => {
	for (let n = 0; n < 4; n += 1) await bringTo(office, (await open(QUEUE_TOO)).reference, 'verified');
	const row = await open(QUEUE);
	const { category } = await suggestionsFor(office.handler, row.reference);
	expect(category).toEqual({ category: 'time', words: ['antre'], similar: 4 });
	// A suggestion is not stored.
	expect(await readCase(row.reference)).toMatchObject({ category: null, version: 1 });
	await bringTo(office, row.reference, 'verified');
	expect((await suggestionsFor(office.handler, row.reference)).category).toBeNull();
});

test('ignores earlier reports that the actor may not see', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	for (let n = 0; n < 3; n += 1) {
		await bringTo(office, (await open(HEAT, { officer: officer.id })).reference, 'verified');
	}
	const row = await open(HEAT);
	expect((await suggestionsFor(office.handler, row.reference)).category?.category).toBe('time');
	expect((await suggestionsFor(named, row.reference)).category).toMatchObject({ category: 'facilities', similar: 0 });
});

test('suggests no other office if the text also names its own office, which has closed', async () => {
	const { name } = await makeUnit({ name: 'Kabupaten Majene' });
	const change = (columns: Partial<typeof units.$inferInsert>) =>
		db().update(units).set(columns).where(eq(units.id, office.unit.id));
	await change({ name: 'Kabupaten Mamuju' });
	const both = await open('Kejadiannya di kantor Mamuju, bukan di Majene.');
	const other = await open('Kejadiannya di kantor Majene.');
	await change({ state: 'closed' });
	expect((await suggestionsFor(office.handler, other.reference)).unit).toMatchObject({ name });
	expect((await suggestionsFor(office.handler, both.reference)).unit).toBeNull();
});
