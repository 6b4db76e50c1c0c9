import { expect, it } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import Table from './(staff)/admin/csv/[list]/+page.svelte';
import Saved from './(staff)/admin/Saved.svelte';

const office = { code: '7600', name: 'Provinsi' };

it('the check of the table of offices shows the contacts that citizens will read', () => {
	const cells = { kode: '7603', telepon: '0428 21017', whatsapp: '081244556699', email: 'bps7603@contoh.invalid' };
	const line = { line: 2, name: 'Kabupaten Contoh', unit: '7600', cells, faults: [] };
	const page = pageOf(Table, { list: 'units', office, columns: [], needed: [] }, { lines: [line] });
	const table = /<table.*<\/table>/s.exec(page)?.[0];
	for (const text of Object.values(cells)) expect(table).toContain(text);
	expect(table).not.toContain('Penanggung jawab');
});

it('the page of a table offers an empty one and says which columns are required', () => {
	const columns = { columns: ['nama', 'jenis', 'kantor'], needed: ['nama'] };
	const page = pageOf(Table, { list: 'places', office, ...columns });
	const table = /href="data:text\/csv;charset=utf-8,([^"]*)" download="lokasi-qr.csv"/.exec(page)?.[1] ?? '';
	expect(decodeURIComponent(table)).toBe('\uFEFFnama;jenis;kantor\r\n');
	expect(page).toContain('Yang wajib: nama.');
});

it('the next check gets the names of all photos that were sent, also of those that no line uses yet', () => {
	const officers = { list: 'officers', office, columns: ['nama', 'foto'], needed: ['nama'] };
	const line = { unit: '7600', cells: {}, faults: [] };
	const lines = [
		{ ...line, line: 2, name: 'Ani', photo: { file: 'Ani.jpg', state: 'found' } },
		{ ...line, line: 3, name: 'Ani', photo: { file: 'Ani.jpg', state: 'refused' }, faults: ['Ganda.'] },
		{ ...line, line: 4, name: 'Cici', photo: { file: 'cici.jpg', state: 'missing' } }
	];
	const page = pageOf(Table, officers, { lines, batch: 'b1', unused: ['cici.jpeg'] });
	expect(page).toContain('name="photos" value="Ani.jpg/cici.jpeg"');
	expect(page).toContain(m.import_photos_missing({ count: 1 }));
	const ready = pageOf(Table, officers, { lines: lines.slice(0, 1), batch: 'b1', unused: [] });
	// The form that confirms, and the one that checks again.
	expect(ready.match(/action="\?\/table&amp;unit=7600"/g)).toHaveLength(2);
	expect(ready.match(/name="photos" value="Ani.jpg"/g)).toHaveLength(2);
	expect(ready).not.toContain(m.import_photos_missing({ count: 0 }));
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

it('the message after a copy of services says how many were copied', () => {
	expect(htmlOf(Saved, {}, '?saved=copied-3')).toContain('Layanan yang disalin: 3.');
});
