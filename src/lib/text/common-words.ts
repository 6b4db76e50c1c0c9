const words = (list: string): string[] => list.trim().split(/\s+/);

/**
 * Words that often follow a form of address or "saya" without being a name: "bu petugas", "pak kepala", "saya sangat
 * puas". A missing word only causes one more check by a person.
 */
const COMMON_WORDS = new Set([
	// People by role
	...words(`
		petugas pegawai staf kepala admin resepsionis satpam sekuriti operator pejabat pimpinan atasan guru dosen dokter
		polisi camat lurah desa haji hajah sopir bapak ibu pak bu mas mbak mba kak kakak adik dek anak orang teman suami
		istri mahasiswa mahasiswi pelajar siswa warga masyarakat pengunjung pemohon konsumen pengguna peneliti magang
		tamu hamil tua muda lansia rumah tangga
	`),
	// Offices and documents
	...words(`
		kantor instansi lembaga badan dinas universitas sekolah perusahaan pribadi sendiri pelayanan layanan loket meja
		ruang ruangan perpustakaan data berkas surat dokumen basah digital elektronik nomor antrean antrian contoh
		daftar buku
	`),
	// Function words
	...words(`
		saya aku kami kita anda kamu dia mereka ini itu tersebut tadi yang yg di ke dari pada dan atau dengan dgn untuk
		utk buat oleh karena agar supaya kalau kalo jika tapi tetapi namun saat waktu ketika sampai sejak adalah ialah
		ada bukan tidak tdk tak nggak gak ga enggak belum sudah sdh udah telah akan mau ingin bisa dapat boleh harus
		perlu mohon tolong jangan sangat sekali sungguh amat lebih paling cukup kurang agak terlalu juga lagi masih
		selalu sering semua semuanya pun hanya cuma memang mungkin malah jadi sebagai secara banyak sedikit satu dua
		kapan kenapa mengapa bagaimana mana apa
	`),
	// Opinions about a service
	...words(`
		puas senang kecewa bahagia bangga kagum suka baik bagus ramah sopan sabar cepat lambat lama tepat jelas mudah
		sulit susah lancar nyaman bersih aman mantap mantul keren hebat top oke ok luar biasa buruk jelek kasar ketus
		judes cuek galak salah benar kecil besar baru terima kasih makasih terimakasih thanks semoga sukses sehat tetap
		jaga lanjutkan pertahankan tingkatkan salut good
	`),
	// Actions
	...words(`
		datang pergi pulang tunggu antre antri minta tanya cari lihat dengar rasa merasa melayani melihat meminta kasi
		beri bantu ambil pakai pake kerja tahu tau pernah langsung segera dipanggil disebut ditulis dicatat dilayani
		dibantu dibuat dipakai didaftar hilang berbaju pusing capek tinggal lahir asal hadir
	`)
]);

/** Endings of words: "petugasnya". */
export const ENDING = '(?:nya|lah|kah|ku|mu)?';
/** Verbs with a prefix. There are too many for a list, and few names are as long and begin like one. */
const VERB = /^(?:ber|ter|mem|men)\p{L}{5,}/u;

/** Whether a word is an ordinary one and probably no name, in any case and with a common ending. */
export function isCommonWord(candidate: string): boolean {
	const word = candidate.toLowerCase();
	return COMMON_WORDS.has(word) || COMMON_WORDS.has(word.replace(new RegExp(`${ENDING}$`, 'u'), '')) || VERB.test(word);
}
