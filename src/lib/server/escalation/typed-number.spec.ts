import { describe, expect, it } from 'vitest';
import { resolutionInput, typedTrackingId } from './schema.ts';

describe('a LAPOR number that a person types or pastes', () => {
	it.each([
		['1916449', '1916449'],
		[' #1916449 ', '1916449'],
		['1 916 449', '1916449'],
		['Nomor laporan: #1916449', '1916449'],
		['Tracking ID 1916449.', '1916449'],
		['https://www.lapor.go.id/laporan/1916449', '1916449'],
		['https://www.lapor.go.id/laporan/1916449/antrean-lama-2026', '1916449'],
		['https://www.lapor.go.id/instansi/laporan?id=1916449&tab=2', '1916449'],
		['#1916449 dari 4 Desember 2026', '1916449']
	])('%j is %s', (typed, number) => {
		expect(typedTrackingId(typed)).toBe(number);
	});

	it('may be a JSON number', () => {
		const found = { outcome: 'found', reason: 'Ditemukan di sana' };
		expect(resolutionInput.parse({ ...found, lapor_id: 1916449 }).lapor_id).toBe('1916449');
		expect(resolutionInput.safeParse({ ...found, lapor_id: 12 }).success).toBe(false);
		const absent = { ...found, outcome: 'absent', lapor_id: '', at: '' };
		expect(resolutionInput.parse(absent)).toMatchObject({ lapor_id: undefined, at: undefined });
	});

	it.each([
		'',
		'123',
		'#123',
		'12345678901',
		'https://www.lapor.go.id/laporan/detil/antrean-lama-di-loket-2026',
		'1916449 atau 1916450',
		'SPATULA-7604-26-000123.01'
	])('%j is not one number', (typed) => {
		expect(typedTrackingId(typed)).toBeUndefined();
	});
});
