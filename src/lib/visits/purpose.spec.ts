import { expect, test } from 'vitest';
import { seemsToNamePerson } from './purpose.ts';

test.each([
	'Data padi, hubungi 0812-3456-7890',
	'Konsultasi untuk +62 812 3456 7890',
	'NIK 7604010101900001',
	'76.04.01 010190 0001 minta peta',
	'Kirim ke ibu.siti@contoh.id',
	'NPWP 012345678901000',
	'Mengantar Ibu Siti',
	'Data untuk Sdr. Andi'
])('seems to name a person: %s', (purpose) => {
	expect(seemsToNamePerson(purpose)).toBe(true);
});

test.each([
	null,
	'',
	'Data padi 2019-2024',
	'PDRB 2019 2020 2021 2022',
	'KBLI 47911',
	'Data Ibu Hamil',
	'Surat dari Bapak Kepala Dinas',
	'Peta wilayah kerja 7604010'
])('does not seem to name a person: %s', (purpose) => {
	expect(seemsToNamePerson(purpose)).toBe(false);
});
