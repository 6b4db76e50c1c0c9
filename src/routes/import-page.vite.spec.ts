import { expect, it } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import Table from './(staff)/admin/csv/[list]/+page.svelte';
import Saved from './(staff)/admin/Saved.svelte';

it('the check of the table of offices shows the contacts that citizens will read', () => {
	const cells = { kode: '7603', telepon: '0428 21017', whatsapp: '081244556699', email: 'bps7603@contoh.invalid' };
	const line = { line: 2, name: 'Kabupaten Contoh', unit: '7600', cells, faults: [] };
	const page = pageOf(Table, { list: 'units', office: 'Provinsi', columns: [], needed: [] }, { lines: [line] });
	const table = /<table.*<\/table>/s.exec(page)?.[0];
	for (const text of Object.values(cells)) expect(table).toContain(text);
	expect(table).not.toContain('Penanggung jawab');
});

it('the page of a table offers an empty one and says which columns are required', () => {
	const columns = { columns: ['nama', 'jenis', 'kantor'], needed: ['nama'] };
	const page = pageOf(Table, { list: 'places', office: 'Provinsi', ...columns });
	const table = /href="data:text\/csv;charset=utf-8,([^"]*)" download="lokasi-qr.csv"/.exec(page)?.[1] ?? '';
	expect(decodeURIComponent(table)).toBe('\uFEFFnama;jenis;kantor\r\n');
	expect(page).toContain('Yang wajib: nama.');
});

it('the message after a new record leads to the form of the next one', () => {
	const again = { href: '/admin/people/new?unit=7604', label: 'Tambah akun' };
	expect(htmlOf(Saved, { again }, '?saved&made')).toContain('href="/admin/people/new?unit=7604"');
	expect(htmlOf(Saved, { again }, '?saved')).not.toContain('href');
});

it('the message after a table of offices leads to the steps of the new offices', () => {
	expect(htmlOf(Saved, {}, '?saved=offices')).toContain('href="/admin/mulai"');
	expect(htmlOf(Saved, {}, '?saved=3')).not.toContain('href="/admin/mulai"');
});
