import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { listPeople } from './directory.ts';
import { importTable } from './import.ts';
import { listOfficers } from './officers/officers.ts';

useFreshDatabase();

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
		[22, ['admin_role']],
		[23, ['admin_unit']]
	]);
	const twice = await run(`${table}\nSama;kepala.7601;;penyelia;7601`, true);
	expect(twice.lines.at(-1)?.issues).toMatchObject([{ code: 'admin_username_taken' }]);
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
	expect(elsewhere.lines[0]?.issues).toMatchObject([{ code: 'admin_unit' }]);
	const own = 'nama;jabatan;panggilan\nAni Contoh;Pranata;Anii, Ani C\n;;\nBudi Contoh;;';
	expect((await importTable(regency, 'officers', { text: own, office: '7610', confirmed: true })).stored).toBe(true);
	expect((await listOfficers(regency)).map(({ name, nicknames }) => [name, nicknames])).toEqual([
		['Ani Contoh', ['Anii', 'Ani C']],
		['Budi Contoh', []]
	]);
});

test('a text that is no such table is refused with the reason', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const codes = (text: string) => codesOf(importTable(admin, 'people', { text, office: unit.code, confirmed: true }));
	expect(await codes('orang;peran\nAni;penangan')).toEqual(['import_columns']);
	expect(await codes('nama;peran')).toEqual(['import_lines']);
	expect(await codes('nama;peran\n"Ani;penangan')).toEqual(['import_unreadable']);
});
