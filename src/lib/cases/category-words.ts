import type { Category } from './vocabulary.ts';

/** A word or short phrase that speaks for a category. Its forms count too: "antre" finds "antrean" and "mengantre". */
export interface CategoryWord {
	category: Category;
	word: string;
}

const words: Partial<Record<Category, string>> = {
	requirements: 'syarat, persyaratan, berkas, dokumen, fotokopi, surat pengantar, formulir, KTP, lampiran, materai',
	procedure: 'prosedur, alur, mekanisme, berbelit, dipingpong, dilempar, tidak jelas, bolak balik, tata cara, aturan',
	time: 'antre, antri, lama, lambat, lelet, menunggu, tunggu, terlambat, telat, molor, jam buka, tutup, jadwal, berjam',
	cost: 'biaya, tarif, mahal, bayar, membayar, pembayaran, harga, gratis, kuitansi, PNBP',
	product:
		'data, publikasi, tabel, angka, statistik, mikro, peta, salah ketik, tidak sesuai, tidak lengkap, unduh, keliru',
	competence:
		'tidak paham, tidak mengerti, tidak tahu, tidak menguasai, kurang paham, kurang menguasai, salah informasi, bingung',
	behaviour:
		'kasar, ketus, judes, cuek, membentak, dibentak, tidak sopan, kurang sopan, tidak ramah, kurang ramah, marah, sombong, acuh, diabaikan, jutek',
	facilities:
		'toilet, parkir, kursi, AC, panas, kotor, wifi, internet, lift, tangga, ruang tunggu, musala, mushola, listrik, komputer, rusak, bau, disabilitas, kursi roda, air minum',
	integrity:
		'suap, menyuap, pungli, pungutan, gratifikasi, uang pelicin, uang rokok, korupsi, sogok, menyogok, minta uang, meminta uang, imbalan, memeras, calo'
};

/** The words a new installation starts with; an administrator changes them. */
export const DEFAULT_CATEGORY_WORDS: readonly CategoryWord[] = Object.entries(words).flatMap(([category, list]) =>
	list.split(',').map((word) => ({ category: category as Category, word: word.trim() }))
);
