import type { RatingTag } from '#lib/ratings/vocabulary.ts';

/** What people write beside five, four, three and less: invented, and about the service, never about a visitor. */
export const COMMENTS: Record<1 | 2 | 3 | 4 | 5, readonly [string, ...string[]]> = {
	5: [
		'Penjelasannya runtut, saya langsung paham cara membaca tabel PDRB.',
		'Ramah dan cepat. Data yang saya cari ketemu dalam sepuluh menit.',
		'Terima kasih, sampai dibantu mencarikan metadata survei.',
		'Pelayanan sangat baik, petugas sabar menjelaskan kepada mahasiswa.',
		'Dibantu mengunduh publikasi sampai selesai.',
		'Konsultasi lewat WhatsApp dijawab hari itu juga, jelas sekali.',
		'Petugas menguasai materi inflasi, contohnya mudah dimengerti.',
		'Senang, ruangannya nyaman dan petugasnya sigap.',
		'Rekomendasi kegiatan statistik kami selesai tanpa bolak-balik.'
	],
	4: [
		'Sudah baik, hanya perlu menunggu sebentar.',
		'Penjelasan bagus, tetapi komputer perpustakaan agak lambat.',
		'Petugas ramah, data kecamatan tersedia sebagian.',
		'Pelayanan memuaskan, semoga jam layanan siang lebih jelas.',
		'Cukup cepat, tinggal tabelnya dikirim dalam Excel.'
	],
	3: [
		'Biasa saja, data yang saya perlukan belum lengkap.',
		'Petugas membantu, tetapi harus bertanya dulu ke rekan lain.',
		'Menunggu agak lama padahal tidak ada antrean.',
		'Jawaban lewat e-mail baru datang di hari ketiga.'
	],
	2: [
		'Menunggu lama dan petugas berganti dua kali.',
		'Penjelasan soal konsep pengangguran membingungkan saya.',
		'Data yang dijanjikan belum dikirim.'
	],
	1: ['Petugas tidak di tempat pada jam layanan.', 'Saya datang dua kali dan belum mendapat datanya.']
};

export const PRAISE: readonly [RatingTag, ...RatingTag[]] = ['friendly', 'fast', 'clear', 'solved'];
export const BLAME: readonly [RatingTag, ...RatingTag[]] = ['waiting', 'unfriendly', 'unclear', 'unsolved'];

/** What visitors of a statistics office come for: no word of who they are. */
export const PURPOSES: readonly [string, ...string[]] = [
	'Data penduduk menurut kecamatan',
	'Data inflasi bulanan',
	'Data luas panen padi',
	'Angka kemiskinan kabupaten',
	'Konsultasi metode sampel untuk skripsi',
	'Buku Kabupaten Dalam Angka',
	'Peta wilayah kerja statistik',
	'Data PDRB menurut lapangan usaha',
	'Rekomendasi survei dinas',
	'Data ketenagakerjaan'
];
