import { expect, test } from 'vitest';
import { listFilterWords } from './list-filter.ts';

const OFFICER = '0b8f8f7e-0000-4000-8000-000000000001';
const NAMES: Record<string, string> = { mamuju: 'BPS Mamuju', 7604: 'BPS Mamuju', [OFFICER]: 'Ani' };
const words = (list: string, query: string, searched?: boolean) =>
	listFilterWords(list, new URLSearchParams(query), (id) => NAMES[id], searched);

test('the filter of each list has the labels and words of its page', () => {
	expect(words('register', 'unit=mamuju&year=2026')).toBe('Satuan kerja: BPS Mamuju · Tahun: 2026');
	expect(words('unrecorded', 'view=duty')).toBe('Daftar: Wajib dicatat');
	expect(words('data_requests', 'list=waiting&kind=access')).toBe('Daftar: Menunggu · Permintaan: Salinan data');
	expect(words('visits', 'day=2026-11-30&state=waiting')).toMatch(/^Hari: 30 Nov 2026 · Keadaan: (?!waiting)/);
	expect(words('case_copy', 'format=pdf')).toBe('Bentuk berkas: pdf');
	expect(words('ratings', `scope=tree&officer=${OFFICER}&score=1&verified=yes&service=none&aspect=`)).toBe(
		'Cakupan: Beserta satuan kerja di bawahnya · Petugas: Ani · Nilai: 1 · Kunjungan tercatat: Ya · Layanan: Layanan tidak disebut'
	);
});

test('the filter of the inbox is named like its list, with the statuses that it shows', () => {
	expect(words('inbox', '')).toBe('Terbuka');
	expect(words('cases', 'status=all&unit=mamuju')).toBe('Semua · BPS Mamuju');
	expect(words('inbox', 'unit=mamuju', true)).toBe('Semua · BPS Mamuju');
	expect(words('inbox', 'status=closed&q=jalan', true)).toBe(`${words('inbox', 'status=closed')} · “jalan”`);
});

test('values and parameters that the page does not know stay as they are', () => {
	expect(words('ratings', 'state=lost&service=lost&utm=x')).toBe('Keadaan: lost · Layanan: lost · utm: x');
});

test('a number is not taken for the code of an office', () => {
	expect(words('conversations', 'number=7604')).toBe('Nomor: 7604');
	expect(words('register', 'unit=7604')).toBe('Satuan kerja: BPS Mamuju');
});
