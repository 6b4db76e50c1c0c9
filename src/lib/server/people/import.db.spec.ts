import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { listPlaces, withdrawPlace } from '#lib/server/places/places.ts';
import { statementsOf } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { listPeople } from './directory.ts';
import { importTable } from './import.ts';
import { listOfficers } from './officers/officers.ts';
import { findUnit } from './units/find-unit.ts';

test('ten regencies get their people from one table: previewed by line, stored all together or not at all', async () => {
	const province = await makeUnit({ code: '7600' });
	const codes = Array.from({ length: 10 }, (_, n) => `76${String(n + 1).padStart(2, '0')}`);
	for (const code of codes) await makeUnit({ code, parent: province });
	const admin = await makeActor([[province.id, 'admin']]);
	const before = await db().$count(accounts);
	const lineOf = (code: string) =>
		`Penangan ${code};penangan.${code};;penangan;${code}\nKepala ${code};kepala.${code};kepala${code}@contoh.invalid;penyelia + pimpinan;${code}`;
	const table = ['Nama;Nama pengguna;E-mail;Peran;Kantor', ...codes.map(lineOf)].join('\r\n');
	const run = (text: string, confirmed: boolean) => importTable(admin, 'people', { text, office: '7600', confirmed });

	const wrong = `${table}\nSama;kepala.7601;;raja;7601\nJauh;orang.jauh;;penangan;9999`;
	const refused = await run(wrong, true);
	expect(refused.stored).toBe(false);
	expect(refused.lines.slice(20).map(({ line, issues }) => [line, issues.map(({ code }) => code)])).toEqual([
		[22, ['admin_role_unknown', 'import_same_value']],
		[23, ['import_unit']]
	]);
	const twice = await run(`${table}\nSama;kepala.7601;;penyelia;7601`, true);
	expect(twice.lines.at(-1)?.issues).toMatchObject([
		{ code: 'import_same_value', params: { column: 'nama_pengguna', line: 3 } }
	]);
	const preview = await run(table, false);
	expect(preview).toMatchObject({ stored: false });
	expect(preview.lines.every(({ issues }) => issues.length === 0)).toBe(true);
	expect(await db().$count(accounts)).toBe(before);
	expect(await logOf('kepala.7610')).toEqual([]);

	expect((await run(table, true)).stored).toBe(true);
	expect(await db().$count(accounts)).toBe(before + 20);
	const head = (await listPeople(admin)).find(({ username }) => username === 'kepala.7610');
	expect(head).toMatchObject({ email: 'kepala7610@contoh.invalid', hasPassword: false });
	expect(head?.roles.map(({ role }) => role)).toEqual(['supervisor', 'manager']);
	expect((await logOf('kepala.7610')).map(({ action }) => action)).toContain('account.created');

	const regency = await makeActor([[head?.roles[0]?.unitId ?? '', 'admin']]);
	const elsewhere = await importTable(regency, 'officers', {
		text: 'nama,kantor\nAni,7600',
		office: '7610',
		confirmed: true
	});
	expect(elsewhere.lines[0]?.issues).toMatchObject([{ code: 'import_unit' }]);
	const own = 'nama;jabatan;panggilan\nAni Contoh;Pranata;Anii, Ani C\n;;\nBudi Contoh;;';
	expect((await importTable(regency, 'officers', { text: own, office: '7610', confirmed: true })).stored).toBe(true);
	expect((await listOfficers(regency)).map(({ name, nicknames }) => [name, nicknames])).toEqual([
		['Ani Contoh', ['Anii', 'Ani C']],
		['Budi Contoh', []]
	]);
});

test('ten regencies and their boxes come from tables: what a line leaves out is as in the office above', async () => {
	const province = await makeUnit();
	const hours = {
		start: '07:30',
		end: '15:30',
		weekdays: { 5: { start: '07:30', end: '16:00' } },
		periods: [{ name: 'Ramadan', from: '2027-02-08', to: '2027-03-09', start: '08:00', end: '15:00' }]
	};
	await db().update(units).set({ hours, accent: '#7a1f1f' }).where(eq(units.id, province.id));
	const admin = await makeActor([[province.id, 'admin']]);
	const run = (list: 'units' | 'places', text: string, confirmed = true, actor = admin) =>
		importTable(actor, list, { text, office: province.code, confirmed });
	const lineOf = (n: number) => `85${n};Kabupaten Contoh ${n};;;${n === 11 ? 'WIT' : ''};Jalan ${n}`;
	const table = ['Kode;Nama;Alamat web;Induk;Zona;Alamat', ...Array.from({ length: 10 }, (_, n) => lineOf(n + 11))];
	const previewed = (await run('units', table.join('\n'), false)).lines;
	expect(previewed.slice(0, 2).map(({ cells: { kode, alamat_web, zona } }) => [kode, alamat_web, zona])).toEqual([
		['8511', 'kabupaten-contoh-11', 'WIT'],
		['8512', 'kabupaten-contoh-12', 'WITA']
	]);
	const refused = await run('units', [...table, '8511;Sama;kabupaten-contoh-12', '9x;Salah;Q!'].join('\n'));
	const sameName = await run('units', 'kode;nama\n8531;Sama\n8532;Sama', false);
	expect(sameName.lines[1]?.issues).toMatchObject([{ code: 'admin_slug_taken' }]);
	expect(refused.lines.slice(10).map(({ issues }) => issues.map(({ code }) => code))).toEqual([
		['import_same_value', 'import_same_value'],
		['admin_slug', 'admin_code']
	]);
	// A line names all its faults at once, also those of its values that are taken.
	const taken = `kode;nama;alamat_web;zona\n8540;Satu;;Asia/Makasar\n8540;Dua;${province.slug};Asia/Makasar`;
	expect(
		(await run('units', taken, false)).lines.map(({ issues }) => issues.map(({ code }) => code).toSorted())
	).toEqual([['import_zone'], ['admin_slug_taken', 'import_same_value', 'import_zone']]);
	const preview = await run('units', table.join('\n'), false);
	expect([preview.stored, preview.lines.flatMap(({ issues }) => issues)]).toEqual([false, []]);
	expect(await findUnit('8511')).toBeUndefined();
	expect((await run('units', table.join('\n'))).stored).toBe(true);
	const [first, second] = [await findUnit('8511'), await findUnit('8512')];
	expect(first).toMatchObject({ slug: 'kabupaten-contoh-11', parentId: province.id, timeZone: 'Asia/Jayapura' });
	expect(second).toMatchObject({
		hours,
		accent: '#7a1f1f',
		timeZone: 'Asia/Makassar',
		state: 'new',
		address: 'Jalan 12'
	});
	const stranger = await makeActor([[second?.id ?? '', 'admin']]);
	expect((await run('units', '﻿Kode;Nama\n8599;Jauh', true, stranger)).lines[0]?.issues).toMatchObject([
		{ code: 'import_unit' }
	]);

	const reaching = await makeActor([[province.id, 'admin']]);
	const boxes =
		'nama;jenis;kantor\nKotak saran;;8511\nMeja depan;Meja;8512\nMeja dua;Meja Layanan;8512\nTablet;Anjungan Layanan;8512\nSalah;lampu;8511';
	const tried = await run('places', boxes, true, reaching);
	expect(tried.lines.map(({ issues }) => issues.map(({ code }) => code))).toEqual([
		[],
		[],
		[],
		[],
		['admin_place_kind']
	]);
	expect((await run('places', boxes.replace(/\nSalah.*/, ''), true, reaching)).stored).toBe(true);
	const [box] = await listPlaces(reaching, first?.id);
	expect(box).toMatchObject({ kind: 'box', name: 'Kotak saran' });
});

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'reads the offices once for all lines, and enqueues one job that looks for new officers in reports',
	async () => {
		const unit = await makeUnit({ code: '8600' });
		const admin = await makeActor([[unit.id, 'admin']]);
		const lines = (line: (n: number) => string) => Array.from({ length: 5 }, (_, n) => line(n)).join('\n');
		const tables = {
			units: `kode;nama\n${lines((n) => `86${n + 11};Kabupaten Uji ${n}`)}`,
			officers: `nama\n${lines((n) => `Petugas Uji ${n}`)}`,
			places: `nama\n${lines((n) => `Kotak ${n}`)}`
		};
		for (const list of ['units', 'officers', 'places'] as const) {
			const sent = await statementsOf(async () => {
				const { stored } = await importTable(admin, list, { text: tables[list], office: '8600', confirmed: true });
				expect(stored).toBe(true);
			});
			expect(sent.filter((statement) => statement.includes('from "clock_rules"')).length).toBeLessThanOrEqual(1);
			expect(sent.filter((statement) => statement.includes('pgboss'))).toHaveLength(list === 'officers' ? 1 : 0);
		}
	}
);

test.each(['units', 'people', 'officers', 'places'] as const)(
	'a confirmed table of %s that is sent twice is stored once',
	async (list) => {
		const unit = await makeUnit();
		const admin = await makeActor([[unit.id, 'admin']]);
		const text =
			'kode;nama;nama_pengguna;peran\n8501;Dinas Contoh;orang.contoh;penangan\n8502;Dinas Lain;orang.lain;penangan';
		const sent = { text, office: unit.code, confirmed: true, submissionId: crypto.randomUUID() };
		const count = () => db().$count({ units, people: accounts, officers, places }[list]);
		const before = await count();
		const results = await Promise.all([importTable(admin, list, sent), importTable(admin, list, sent)]);
		results.push(await importTable(admin, list, sent));
		expect(results.map(({ stored }) => stored)).toEqual([true, true, true]);
		expect(await count()).toBe(before + 2);
	}
);

test('a table of officers that is sent again, or names one twice, creates nobody a second time', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const run = async (names: string[]) => {
		const text = ['nama', ...names].join('\n');
		const { lines } = await importTable(admin, 'officers', { text, office: unit.code, confirmed: true });
		return lines.map(({ issues }) => issues.map(({ code }) => code));
	};
	expect(await run(['Ani Contoh', 'ani contoh'])).toEqual([[], ['import_same_name']]);
	expect(await run(['Ani Contoh'])).toEqual([[]]);
	expect(await run(['Ani Contoh', 'Budi Contoh'])).toEqual([['import_same_name'], []]);
	expect((await listOfficers(admin)).map(({ name }) => name)).toEqual(['Ani Contoh']);
});

test('a table of places that is sent again, or names one twice, creates no place a second time', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const run = async (names: string[]) => {
		const text = ['nama', ...names].join('\n');
		const { lines } = await importTable(admin, 'places', { text, office: unit.code, confirmed: true });
		return lines.map(({ issues }) => issues.map(({ code }) => code));
	};
	expect(await run(['Kotak lobi', 'kotak LOBI'])).toEqual([[], ['import_same_place']]);
	expect(await run(['Kotak lobi'])).toEqual([[]]);
	expect(await run(['Kotak lobi', 'Kotak depan'])).toEqual([['import_same_place'], []]);
	const [lobby] = await listPlaces(admin, unit.id);
	await withdrawPlace(admin, lobby!);
	expect(await run(['Kotak lobi'])).toEqual([[]]);
});

test('a text that is no such table is refused with the reason', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const codes = (text: string) => codesOf(importTable(admin, 'people', { text, office: unit.code, confirmed: true }));
	const header = 'nama;nama_pengguna;peran';
	expect(await codes(' \n')).toEqual(['admin_csv_missing']);
	expect(await codes('"nama;jenis;kantor"\n"Kotak;kotak;7600"')).toEqual(['import_one_cell']);
	expect(await codes('orang;peran\nAni;penangan')).toEqual(['import_columns', 'import_columns_unknown']);
	expect(await codes(`${header};nama\nAni;ani;penangan;Budi`)).toEqual(['import_column_twice']);
	expect(await codes(header)).toEqual(['import_lines']);
	expect(await codes(`${header}\n"Ani;ani;penangan`)).toEqual(['import_unreadable']);
	const file = { name: 'akun.xlsx', type: '', bytes: Buffer.from('PK') };
	const workbook = importTable(admin, 'people', { files: [file], office: unit.code, confirmed: false });
	expect(await codesOf(workbook)).toEqual(['import_workbook']);
	const sent = (...files: [name: string, text: string][]) =>
		importTable(admin, 'people', {
			files: files.map(([name, text]) => ({ name, type: '', bytes: Buffer.from(text) })),
			text: header,
			office: unit.code,
			confirmed: false
		});
	expect(await codesOf(sent(['p1.jpg', 'JFIF']))).toEqual(['import_not_csv']);
	expect(await codesOf(sent(['p1.csv', 'JFIF\0']))).toEqual(['import_not_csv']);
	expect(await codesOf(sent(['akun.csv', 'PK\x03\x04\0']))).toEqual(['import_workbook']);
	expect(await codesOf(sent(['akun.csv', '\uFEFF\n']))).toEqual(['file_empty']);
	expect(await codesOf(sent(['akun.csv', header], ['p1.jpg', 'JFIF']))).toEqual(['import_not_csv']);
	expect(await codesOf(sent(['a.csv', header], ['b.csv', header]))).toEqual(['import_one_table']);
});

test('the preview of an office shows its numbers as they are stored, with the zero that a spreadsheet dropped', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const text = `kode;nama;telepon;whatsapp
8551;Kabupaten Nol;0428 21017;81244556699
8552;Kabupaten Hilang;42821017;8,12446E+11`;
	const { lines } = await importTable(admin, 'units', { text, office: unit.code, confirmed: false });
	expect(lines[0]).toMatchObject({ cells: { telepon: '0428 21017', whatsapp: '081244556699' }, issues: [] });
	expect(lines[1]?.issues.map(({ code }) => code).toSorted()).toEqual(['admin_phone', 'admin_whatsapp']);
});

test('a line with more cells than named columns is refused, because its cells are shifted', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const issues = async (header: string, line: string) => {
		const text = `${header}\n${line}`;
		const { lines } = await importTable(admin, 'officers', { text, office: unit.code, confirmed: false });
		return lines.map((one) => one.issues);
	};
	const shifted = [[{ path: 'csv', code: 'import_cell_without_column', params: { cell: 'Petugas PST' } }]];
	expect(await issues('nama,jabatan', 'Dewi Contoh, S.Si,Petugas PST')).toEqual(shifted);
	// As Excel stores the table again.
	expect(await issues('nama;jabatan;', 'Dewi Contoh;S.Si;Petugas PST')).toEqual(shifted);
	expect(await issues('nama,jabatan', '"Dewi Contoh, S.Si",Petugas PST')).toEqual([[]]);
	expect(await issues('nama;jabatan;;', 'Dewi Contoh;Petugas PST;;;')).toEqual([[]]);
	// A column of numbers before the others, without a name or with one that has no letter.
	expect(await issues(';nama;jabatan', '1;Dewi Contoh;Petugas PST')).toEqual([[]]);
	expect(await issues('#;nama;jabatan', '1;Dewi Contoh;Petugas PST')).toEqual([[]]);
});

test('a preview shows the accounts, the columns that it does not know, and every fault of a line', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const text =
		'sep=;\n#;nama;nama_pengguna;peran;Surel Kantor;kantor\n1;Ani;ani.contoh;Penangan + Penyelia;a@contoh.invalid;\n2;B;x;penangan, kepala seksi;;99';
	const { lines, unknown } = await importTable(admin, 'people', { text, office: unit.code, confirmed: true });
	expect(unknown).toMatchObject([{ code: 'import_columns_unknown', params: { columns: '#, Surel Kantor' } }]);
	expect(lines[0]).toMatchObject({
		line: 2,
		issues: [],
		account: { username: 'ani.contoh', email: undefined, roles: ['handler', 'supervisor'] }
	});
	const faults = lines[1]?.issues.map(({ code }) => code);
	expect(faults?.[0]).toBe('import_unit');
	expect(faults?.filter((code) => code.includes('role'))).toEqual(['admin_role_unknown']);
	expect(lines[1]?.account?.roles).toEqual(['penangan, kepala seksi']);
	expect(lines[1]?.issues[0]?.params).toEqual({ code: '99' });
});
