import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { fileStore } from '#lib/server/attachments/store.ts';
import { db } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { zipOf } from '#lib/dev/testing/zip.ts';
import { importTable, type SentTable } from '../import.ts';
import { publicPortrait } from './officer-photo.ts';

const jpeg = (width = 300) =>
	fourColourImage(width, 400)
		.withExif({ IFD0: { Artist: 'Rahasia' } })
		.jpeg()
		.toBuffer();
const csv = (text: string) => ({ name: 'petugas.csv', type: 'text/csv', bytes: Buffer.from(text) });
const zip = (entries: Parameters<typeof zipOf>[0]) => ({ name: 'foto.zip', type: '', bytes: zipOf(entries) });

async function office() {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const send = (sent: Omit<SentTable, 'office' | 'confirmed'>, confirmed = false) =>
		importTable(admin, 'officers', { ...sent, office: unit.code, confirmed });
	const rows = () => db().select().from(officers).where(eq(officers.unitId, unit.id)).orderBy(officers.name);
	return { unit, admin, send, rows };
}

async function filesOnDisk(): Promise<number> {
	let count = 0;
	for await (const _ of fileStore().list()) count += 1;
	return count;
}

test('photos in a ZIP are shown with their officers first, and stored with them by the confirmation', async () => {
	const { unit, send, rows } = await office();
	const table = 'nama;jabatan;foto\nAni Contoh;Pranata;meja1.JPG\nBudi Contoh;;\nCici Contoh;;cici.png\nDedi Contoh;;';
	const photos = zip([
		{ name: 'foto/meja1.jpg', bytes: await jpeg() },
		{ name: 'foto/budi-contoh.jpeg', bytes: await jpeg(200) },
		{ name: 'foto/', bytes: Buffer.alloc(0) },
		{ name: '__MACOSX/._meja1.jpg', bytes: Buffer.from('x') },
		{ name: 'catatan.txt', bytes: Buffer.from('untuk siapa?') }
	]);
	const preview = await send({ files: [photos, csv(table)] });
	expect(preview).toMatchObject({ stored: false, text: table, unused: ['catatan.txt'] });
	expect(preview.lines.map(({ name, photo, issues }) => [name, photo?.file, photo?.state, issues.length])).toEqual([
		['Ani Contoh', 'meja1.jpg', 'found', 0],
		['Budi Contoh', 'budi-contoh.jpeg', 'found', 0],
		['Cici Contoh', 'cici.png', 'missing', 0],
		['Dedi Contoh', undefined, undefined, 0]
	]);
	expect(await rows()).toEqual([]);

	const kept = { batch: preview.batch ?? '', files: ['meja1.jpg', 'budi-contoh.jpeg'] };
	// Another account can't name the portraits.
	const other = await makeActor([[unit.id, 'admin']]);
	const stolen = await importTable(other, 'officers', { text: table, office: unit.code, confirmed: true, kept });
	expect(stolen.lines.slice(0, 2).flatMap(({ issues }) => issues.map(({ code }) => code))).toEqual([
		'import_photo_gone',
		'import_photo_gone'
	]);
	const before = await filesOnDisk();
	expect((await send({ text: table, kept }, true)).stored).toBe(true);
	const stored = await rows();
	const keys = stored.map(({ photoKey }) => photoKey);
	expect(keys.map((key) => key !== null)).toEqual([true, true, false, false]);
	expect(stored.every(({ photoConsentAt }) => photoConsentAt === null)).toBe(true);
	// The portraits of the preview are gone, those of the officers are new, cropped and without metadata.
	expect(await filesOnDisk()).toBe(before);
	const portrait = await sharp((await fileStore().read(keys[0] ?? '')) ?? Buffer.alloc(0)).metadata();
	expect([portrait.format, portrait.width, portrait.height, portrait.exif]).toEqual(['jpeg', 320, 320, undefined]);
	await expect(publicPortrait(stored[0]?.id ?? '', null)).rejects.toThrow();
	expect((await logOf('Ani Contoh')).map(({ action }) => action)).toEqual(['officer.created', 'officer.photo_set']);

	// The same confirmation sent again finds no portraits and stores nothing.
	const again = await send({ text: table, kept }, true);
	expect(again.stored).toBe(false);
	expect((await rows()).length).toBe(4);
});

test('the photos of a refused table are kept for the corrected one, unless another archive comes', async () => {
	const { send, rows } = await office();
	const photos = zip([
		{ name: 'Ani Contoh.jpg', bytes: await jpeg() },
		{ name: 'Budi Contoh.jpg', bytes: await jpeg() }
	]);
	const faulty = await send({ files: [photos, csv('nama;panggilan\nAni Contoh;An\nBudi Contoh;')] });
	expect(faulty.lines.map(({ issues }) => issues.length)).toEqual([1, 0]);
	const kept = { batch: faulty.batch ?? '', files: ['Ani Contoh.jpg', 'Budi Contoh.jpg'] };
	const text = 'nama;panggilan\nAni Contoh;Anii\nBudi Contoh;';
	const other = zip([{ name: 'Budi Contoh.jpg', bytes: await jpeg(200) }]);
	const replaced = await send({ files: [other], text, kept });
	expect(replaced.lines.map(({ photo }) => photo?.state)).toEqual([undefined, 'found']);
	const corrected = await send({ text, kept });
	expect(corrected.lines.map(({ photo, issues }) => [photo?.state, issues.length])).toEqual([
		['found', 0],
		['found', 0]
	]);
	expect(corrected.batch).toBe(kept.batch);
	expect((await send({ text, kept }, true)).stored).toBe(true);
	expect((await rows()).map(({ photoKey }) => photoKey !== null)).toEqual([true, true]);
});

test('kept photos stay with their officers when lines are removed or corrected, and one without its officer is named', async () => {
	const { send, rows } = await office();
	const photos = zip([
		{ name: 'Ani Contoh.jpg', bytes: await jpeg() },
		{ name: 'Cici Contoh.jpg', bytes: await jpeg() },
		{ name: 'dedi.jpg', bytes: await jpeg() }
	]);
	const table = 'nama;panggilan;foto\nAni Contoh;An;\nBudi Contoh;;\nCici Contoh;;\nDedi Conto;;dedi.jpg';
	const { batch = '', lines } = await send({ files: [photos, csv(table)] });
	const kept = { batch, files: lines.flatMap(({ photo }) => photo?.file ?? []) };
	const text = 'nama;foto\nBudi Contoh;\nCici Contoh;\nDedi Contoh;dedi.jpg';
	const corrected = await send({ text, kept });
	expect(corrected.lines.map(({ photo, issues }) => [photo?.state, issues.length])).toEqual([
		[undefined, 0],
		['found', 0],
		['found', 0]
	]);
	expect(corrected.unused).toEqual(['Ani Contoh.jpg']);
	expect((await send({ text, kept }, true)).stored).toBe(true);
	expect((await rows()).map(({ name, photoKey }) => [name, photoKey !== null])).toEqual([
		['Budi Contoh', false],
		['Cici Contoh', true],
		['Dedi Contoh', true]
	]);
});

test('a corrected line whose photo was refused or unused before asks for the archive again', async () => {
	const { send } = await office();
	const photos = zip([
		{ name: 'Ani Contoh.jpg', bytes: await jpeg() },
		{ name: 'Budi Contoh.jpg', bytes: Buffer.from('bukan foto') },
		{ name: 'cici.jpeg', bytes: await jpeg() }
	]);
	const table = 'nama;foto\nAni Contoh;\nBudi Contoh;\nCici Contoh;cici.jpg\nAni Contoh;';
	const { batch = '', lines } = await send({ files: [photos, csv(table)] });
	expect(lines.map(({ photo }) => photo?.state)).toEqual(['found', 'refused', 'missing', 'refused']);
	const kept = { batch, files: ['Ani Contoh.jpg', 'Budi Contoh.jpg', 'cici.jpeg'] };
	const text = 'nama;foto\nAni Contoh;\nBudi Contoh;\nCici Contoh;cici.jpeg';
	const corrected = await send({ text, kept });
	expect(corrected.lines.map(({ photo, issues }) => [photo?.state, ...issues.map(({ code }) => code)])).toEqual([
		['found'],
		['refused', 'import_photo_gone'],
		['refused', 'import_photo_gone']
	]);
});

test('a file that is no photo is refused by name at its line, and nothing is stored', async () => {
	const { send, rows } = await office();
	const photo = await jpeg();
	const names = ['jalur', 'arsip', 'teks', 'rahasia', 'bom', 'bohong', 'besar', 'dua', 'sama1', 'sama2'];
	const columns = names.map((name) => `Petugas ${name};${name === 'sama2' ? 'sama1' : name}.jpg`);
	const { lines, stored, unused } = await send({
		files: [
			csv(['nama;foto', ...columns].join('\n')),
			zip([
				{ name: '../../jalur.jpg', bytes: photo },
				{ name: 'arsip.jpg', bytes: zipOf([{ name: 'a.jpg', bytes: photo }]) },
				{ name: 'teks.jpg', bytes: Buffer.from('bukan foto') },
				{ name: 'rahasia.jpg', bytes: photo, encrypted: true },
				{ name: 'bom.jpg', bytes: Buffer.alloc(8_000_000) },
				{ name: 'bohong.jpg', bytes: Buffer.alloc(3_000_000), claimed: 5000 },
				{ name: 'besar.jpg', bytes: Buffer.alloc(11 * 1024 * 1024) },
				{ name: 'a/dua.jpg', bytes: photo },
				{ name: 'b/dua.jpg', bytes: photo },
				{ name: 'sama1.jpg', bytes: photo }
			])
		]
	});
	expect(stored).toBe(false);
	expect(unused).toEqual([]);
	expect(lines.map(({ issues }) => issues.map(({ code, params }) => [code, params?.name].join(' ')))).toEqual([
		['zip_path jalur.jpg'],
		['file_name_mismatch arsip.jpg'],
		['file_name_mismatch teks.jpg'],
		['zip_encrypted rahasia.jpg'],
		['zip_ratio bom.jpg'],
		['zip_broken bohong.jpg'],
		['file_too_large besar.jpg'],
		['zip_twice dua.jpg'],
		[],
		['import_photo_shared sama1.jpg']
	]);
	expect(await rows()).toEqual([]);
});

test('a file that is neither a table nor a ZIP is refused by name, so no photo is lost unseen', async () => {
	const { send } = await office();
	const table = csv('nama\nAni Contoh');
	const names = ['foto.rar', 'rar.zip', 'bukan-zip.zip', 'Ani Contoh.jpg'];
	for (const name of names) {
		const file = {
			name,
			type: '',
			bytes: name === 'bukan-zip.zip' ? Buffer.from('teks') : Buffer.from('Rar!\x1a\x07\0')
		};
		expect(await codesOf(send({ files: [table, file] }))).toEqual(['import_neither_csv_nor_zip']);
		expect(await codesOf(send({ files: [file, table] }))).toEqual(['import_neither_csv_nor_zip']);
	}
});

test('an archive that is cut off or has too many files is refused as a whole', async () => {
	const { send } = await office();
	const table = csv('nama;foto\nAni;ani.jpg');
	const cut = { name: 'foto.zip', type: '', bytes: zipOf([{ name: 'ani.jpg', bytes: await jpeg() }]).subarray(0, 900) };
	expect(await codesOf(send({ files: [table, cut] }))).toEqual(['zip_unreadable']);
	const many = zip(Array.from({ length: 1001 }, (_, n) => ({ name: `${n}.jpg`, bytes: Buffer.from('x') })));
	expect(await codesOf(send({ files: [table, many] }))).toEqual(['zip_entries']);
	const claimed = 9 * 1024 * 1024;
	const huge = zip(Array.from({ length: 60 }, (_, n) => ({ name: `${n}.jpg`, bytes: Buffer.from('x'), claimed })));
	expect(await codesOf(send({ files: [table, huge] }))).toEqual(['zip_unpacked']);
});
