import { expect, it } from 'vitest';
import { findNames } from './find-person-names.ts';

const namesIn = (text: string) => findNames(text).map(({ start, end }) => text.slice(start, end));

it.each([
	['Nama saya Budi Santoso, warga Tapalang', 'Budi Santoso'],
	['Nama: H. Ridwan bin Ali\nAlamat Tapalang', 'H. Ridwan bin Ali'],
	['Perkenalkan, saya Budi dari Mamuju', 'Budi'],
	['Antrean lama. Saya Siti Nurhaliza Rahmawati, NIK menyusul', 'Siti Nurhaliza Rahmawati'],
	['Surat a.n. Budi Santoso belum jadi', 'Budi Santoso'],
	['Bapak Andi Wijaya di loket menolak', 'Andi Wijaya'],
	['Mengantar ibu Hajah Sitti', 'Sitti'],
	['Sdr. M. Yusuf, S.ST', 'M. Yusuf'],
	['Mohon dibantu. Terima kasih, Budi Santoso', 'Budi Santoso'],
	['Mohon dibantu.\nHormat saya,\nSiti\n0812 4000 1234', 'Siti']
])('finds the name in: %s', (text, name) => {
	expect(namesIn(text)).toEqual([name]);
});

it.each([
	'Ibu Hamil, Bapak Kepala Dinas, Pak RT dan Bapak/Ibu Petugas BPS',
	'Ibu Kota Provinsi',
	'Nama Desa Tapalang salah',
	'a.n. Kepala BPS Kabupaten Mamuju',
	'Saya Tidak Puas Dengan Pelayanan',
	'Saya Warga Desa Tapalang',
	'Ibu saya menunggu, dan nama saya tidak ada',
	'Terima kasih. Semoga Sukses',
	'Terima kasih, Bapak/Ibu',
	'Terima kasih BPS Mamuju'
])('finds no name in: %s', (text) => {
	expect(namesIn(text)).toEqual([]);
});
