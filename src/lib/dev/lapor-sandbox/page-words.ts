import type { Endpoint, FAULT_KINDS } from './faults.ts';

/** What the fault panel calls things. */
export const FAULT_WORDS: Readonly<Record<(typeof FAULT_KINDS)[number], string>> = {
	drop_after_store: 'Tersimpan, jawaban hilang',
	'500_before': 'Galat 500, tidak tersimpan',
	'500_after': 'Galat 500, tetapi tersimpan',
	slow: 'Tersimpan, jawaban lambat',
	late_store: 'Tersimpan terlambat',
	html_200: 'Halaman HTML, tidak tersimpan',
	html_200_after: 'Halaman HTML, tetapi tersimpan',
	'429': 'Terlalu banyak permintaan (429)',
	'503': 'Tidak tersedia (503)',
	'503_retry_after': 'Tidak tersedia (503), dengan waktu tunggu',
	reset: 'Sambungan diputus, tidak tersimpan',
	partial_answer: 'Tersimpan, jawaban terpotong',
	other_id_shape: 'Tersimpan, nomor di tempat lama',
	no_id: 'Tersimpan, jawaban tanpa nomor',
	reference_exists: 'Referensi sudah ada, dengan nomor',
	reference_exists_no_id: 'Referensi sudah ada, tanpa nomor',
	unknown_status: 'Nama status tidak dikenal',
	answer: 'Jawaban tertentu'
};

export const ENDPOINT_WORDS: Readonly<Record<Endpoint, string>> = {
	upload: 'unggah berkas',
	create: 'kirim laporan',
	search: 'cari laporan',
	detail: 'baca laporan',
	followups: 'baca tindak lanjut',
	followup_add: 'kirim tindak lanjut',
	reject: 'teruskan ke instansi lain',
	institutions: 'daftar instansi',
	templates: 'daftar templat'
};
