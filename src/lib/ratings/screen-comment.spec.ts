import { expect, test } from 'vitest';
import { screenComment } from './screen-comment.ts';

const NAMES = ['Budi Santoso, S.ST.', 'Petugas Contoh 3'];
const flags = (comment: string) => screenComment(comment, NAMES);

test.each([
	['Pelayanan cepat dan ramah.', []],
	['Ibu petugasnya ramah, bapak di loket juga.', []],
	['Petugas contoh yang baik.', []],
	['budi sangat membantu', ['name']],
	['Terima kasih Mbak Sari!', ['name']],
	['nama saya Rahmat, dari Tappalang', ['name']],
	['Namaku rahmat', ['name']],
	['Nama saya: Sitti', ['name']],
	['Saya Sitti Rahma minta maaf terlambat', ['name']],
	['Surat a.n. Budiman belum jadi', ['name']],
	['atas nama Nurhayati', ['name']],
	['Terima kasih. ttd Rahmat', ['name']],
	['bu sitti baik sekali', ['name']],
	['pak haji rahmat yang terbaik', ['name']],
	['makasih mas anto', ['name']],
	['Bu petugas sabar sekali', []],
	['pak kepala juga turun melayani', []],
	['Pak Kepala ramah', []],
	['saya puas', []],
	['Saya Sangat Puas', []],
	['saya Merasa Terbantu Sekali', []],
	['nama saya tidak dipanggil-panggil', []],
	['Nama saya salah ditulis', []],
	['datang atas nama kantor', []],
	['mantap pak lanjutkan', []],
	['ibu yang di loket dua menjelaskan dengan sabar', []],
	['Mas menjelaskan pelan-pelan', []],
	['berkas harus ttd basah', []],
	['Hubungi saya di 0812-3456-7890', ['phone']],
	['Tulis ke orang@contoh.id', ['email']],
	['NIK saya 7604010101900001', ['nik']],
	['Petugasnya goblok', ['insult']],
	['Bodohnya antrean ini, kata Pak Amir 081234567890', ['name', 'phone', 'insult']],
	['Bu\u200bdi lambat', ['name']],
	['Hubungi \uff10\uff18\uff11\uff12 3456 7890', ['phone']],
	['g0blooook', ['insult']],
	['Loket 10 dan 4 kursi, oke', []],
	['Saya membeli 12 buku tahun 2024', []],
	['Pasukan asuransi dan perekonomian', []]
])('%s', (comment, expected) => {
	expect(flags(comment)).toEqual(expected);
});

test('an undefined comment has no flags', () => {
	expect(screenComment(undefined, NAMES)).toEqual([]);
});
