import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeRule } from '#lib/server/calendar/change-rules.ts';
import { createPlace, listPlaces, withdrawPlace, type Place } from './places.ts';
import { previewSheet, printSheet, printSheets } from './print-sheets.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { setLogo } from '#lib/server/people/units/logo.ts';
import { atTime } from '#lib/dev/testing/office.ts';

const ORIGIN = 'https://spatula.example.go.id';
let admin: Actor;
let place: Place;

beforeAll(async () => {
	const unit = await makeUnit();
	await db()
		.update(units)
		.set({
			phone: '0426 21000',
			whatsapp: '0812-1000-7604',
			responsible: 'Kepala Kantor Contoh',
			address: 'Jl. Contoh 1'
		})
		.where(eq(units.id, unit.id));
	admin = await makeActor([[unit.id, 'admin']]);
	const officer = await makeOfficer(unit.id, 'Nama Petugas Rahasia');
	place = await createPlace(admin, unit.id, { name: 'Meja 1', kind: 'desk', officerId: officer.id });
});

const preview = (actor = admin) => previewSheet(actor, place.id, ORIGIN);
const print = (actor = admin) => printSheet(actor, place.id, 'A6', ORIGIN);
/** All texts of a sheet; the letters of the code are one text. */
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

test('a sheet shows the office, code, address, reply deadline and responsible person, and no officer', async () => {
	const texts = textsOf(await atTime('2026-06-01T23:00:00Z', () => preview())).join('\n');
	const expected = [
		place.code,
		'spatula.example.go.id',
		'5 hari kerja',
		'0812-1000-7604',
		'Telepon 0426 21000',
		'Kepala Kantor Contoh',
		'2 Jun 2026'
	];
	for (const text of expected) expect(texts).toContain(text);
	expect(texts).not.toContain('Rahasia');
});

test('a number that has WhatsApp and takes calls is printed once', async () => {
	await db().update(units).set({ phone: '+62 812 1000 7604' }).where(eq(units.id, place.unitId));
	const texts = textsOf(await preview()).join('\n');
	expect(texts).toContain('WhatsApp/SMS/telepon 0812-1000-7604');
	expect(texts).not.toContain('Telepon');
});

test('a sheet names the suggestion box only if the office has one in use, and not on the box itself', async () => {
	const names = async (id: string) => (await previewSheet(admin, id, ORIGIN)).includes('Kotak saran di');
	expect(await names(place.id)).toBe(false);
	const box = await createPlace(admin, place.unitId, { name: 'Kotak', kind: 'box' });
	expect([await names(place.id), await names(box.id)]).toEqual([true, false]);
	await withdrawPlace(admin, box);
	expect(await names(place.id)).toBe(false);
});

test('the reply deadline on the sheet follows the deadline rule', async () => {
	for (const [days, dayUnit, words] of [
		[7, 'calendar', '7 hari kalender'],
		[3, 'working', '3 hari kerja']
	]) {
		await changeRule(admin, 'first_reply.any.any.any', { days, dayUnit, basis: 'Keputusan kepala' });
		expect(textsOf(await preview()).join('\n')).toContain(words);
	}
});

test('prints a sheet as PDF', async () => {
	const { pdf, fileName } = await print();
	expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
	expect(fileName).toBe(`spatula-${place.code.toLowerCase()}-a6.pdf`);
});

test('one PDF has the sheets of every code in use, with the logo of the office above', async () => {
	const unit = await makeUnit();
	const below = await makeUnit({ parent: unit });
	const both = await makeActor([[unit.id, 'admin']]);
	for (const name of ['Meja 1', 'Meja 2', 'Meja tua']) await createPlace(both, below.id, { name, kind: 'desk' });
	await createPlace(both, unit.id, { name: 'Kotak induk', kind: 'box' });
	const old = (await listPlaces(both, below.id)).find(({ name }) => name === 'Meja tua');
	await withdrawPlace(both, old!);
	const pages = async (code: string | null) =>
		(await wordsOfPages(await printSheets(both, code, 'A4', ORIGIN))).map(
			(words) => /Meja \w+|Kotak induk/.exec(words)?.[0]
		);
	expect(await pages(below.code)).toEqual(['Meja 1', 'Meja 2']);
	expect((await pages(null)).toSorted()).toEqual(['Kotak induk', 'Meja 1', 'Meja 2']);
	const image = async () => (await printSheets(both, below.code, 'A4', ORIGIN)).includes('/Subtype /Image');
	expect(await image()).toBe(false);
	const logo = { name: 'l.png', type: 'image/png', bytes: await fourColourImage(600, 180).png().toBuffer() };
	await setLogo(both, unit.id, logo);
	expect(await image()).toBe(true);
	await expect(printSheets(both, place.code, 'A4', ORIGIN)).rejects.toThrow(NotFound);
	await expect(printSheets(admin, below.code, 'A4', ORIGIN)).rejects.toThrow(NotFound);
});

test('only administrators of the unit print a sheet, and never one with a withdrawn code', async () => {
	const other = await makeUnit();
	const stranger = await makeActor([[other.id, 'admin']]);
	for (const made of [print, preview]) await expect(made(stranger)).rejects.toThrow(NotFound);
	await withdrawPlace(admin, place);
	for (const made of [print, preview]) await expect(made()).rejects.toThrow(NotFound);
});
