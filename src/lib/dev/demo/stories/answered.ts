import { answer, approve, ask, assign, reply, score, verify, verifyRequest } from '../steps.ts';
import type { Story } from '../story.ts';

/** Reports with an answer: some wait for the reporter's word, most are closed, in time or late. */
export const ANSWERED: readonly Story[] = [
	{
		name: 'answered',
		office: 'mamuju',
		opening: {
			ago: 10,
			kind: 'complaint',
			title: 'Diminta datang kembali tanpa alasan',
			body: 'Saya sudah membawa surat pengantar kampus untuk konsultasi, tetapi diminta datang lagi besok karena petugas yang mengerti sedang rapat.',
			hopes: 'Ada petugas pengganti, atau janji temu yang pasti.',
			category: 'procedure',
			service: 'consultation',
			identity: 'named',
			reporter: 24
		},
		steps: [
			verify(9, 'procedure'),
			assign(9),
			answer(
				5,
				'Kami mohon maaf Anda harus datang dua kali. Mulai pekan ini selalu ada petugas pengganti untuk konsultasi, dan janji temu dapat dibuat lewat WhatsApp layanan sehari sebelumnya.'
			),
			approve(4)
		]
	},
	{
		office: 'mamuju',
		opening: {
			ago: 5,
			kind: 'information_request',
			title: 'Kode klasifikasi usaha warung kopi',
			body: 'Apa kode KBLI untuk warung kopi yang juga menjual kopi bubuk, dan di mana saya bisa membaca penjelasannya?',
			service: 'consultation',
			identity: 'named',
			reporter: 25,
			publish: true
		},
		steps: [
			verifyRequest(4, 'product'),
			answer(
				3,
				'Bila pendapatan terbesar berasal dari minuman yang disajikan, usaha Anda masuk golongan penyediaan minuman. Bila penjualan kopi bubuk lebih besar, masuk perdagangan eceran. Penjelasan lengkap setiap kode ada di buku KBLI yang dapat dibaca di perpustakaan kami.'
			)
		]
	},
	{
		office: 'polewali-mandar',
		opening: {
			ago: 11,
			kind: 'complaint',
			title: 'Publikasi kecamatan hilang dari situs',
			body: 'Publikasi Kecamatan Wonomulyo Dalam Angka yang dulu bisa diunduh sekarang tidak ada lagi di situs.',
			category: 'product',
			identity: 'none'
		},
		steps: [
			verify(10, 'product'),
			assign(10),
			answer(
				6,
				'Publikasi tersebut terhapus saat pemindahan situs dan sudah kami unggah kembali. Terima kasih sudah memberi tahu.'
			),
			approve(5)
		]
	},
	{
		office: 'mamuju-tengah',
		opening: {
			ago: 7,
			kind: 'suggestion',
			body: 'Tolong sediakan air minum di ruang tunggu, terutama saat musim kemarau.',
			category: 'facilities',
			identity: 'none',
			at: 'box'
		},
		steps: [
			verify(6, 'facilities', { priority: 'low' }),
			answer(6, 'Terima kasih. Galon air minum dan gelas kertas sudah kami sediakan di samping meja penerima tamu.')
		]
	},
	{
		name: 'closed',
		office: 'mamuju',
		opening: {
			ago: 42,
			kind: 'complaint',
			title: 'Antrean konsultasi terlalu lama',
			body: 'Menunggu satu setengah jam untuk konsultasi, padahal di depan saya hanya tiga orang. Tidak ada batas waktu konsultasi yang diterapkan.',
			category: 'time',
			service: 'consultation',
			identity: 'named',
			reporter: 28,
			photos: ['queue']
		},
		steps: [
			verify(41, 'time'),
			assign(41),
			answer(
				37,
				'Sesuai standar pelayanan, satu konsultasi paling lama 60 menit. Petugas kini memasang penunjuk waktu dan menawarkan lanjutan lewat WhatsApp bila belum selesai.'
			),
			approve(36),
			score(34, 5, 'Sudah saya buktikan sendiri, sekarang jauh lebih cepat.')
		]
	},
	{
		office: 'mamuju',
		opening: {
			ago: 57,
			kind: 'suggestion',
			title: 'Layanan janji temu',
			body: 'Buatlah sistem janji temu supaya mahasiswa dari luar kota tidak perlu menunggu sejak pagi.',
			category: 'procedure',
			identity: 'named',
			reporter: 29,
			publish: true
		},
		steps: [
			verify(55, 'procedure'),
			answer(50, 'Terima kasih. Janji temu kini dapat dibuat lewat WhatsApp layanan paling lambat sehari sebelumnya.'),
			score(48, 4)
		]
	},
	{
		office: 'sulbar',
		opening: {
			ago: 35,
			kind: 'information_request',
			title: 'Metadata survei angkatan kerja',
			body: 'Saya membutuhkan metadata dan kuesioner survei angkatan kerja terakhir untuk perbandingan definisi pengangguran.',
			service: 'consultation',
			identity: 'named',
			reporter: 30
		},
		steps: [
			verifyRequest(34, 'product'),
			answer(
				32,
				'Metadata dan kuesionernya tersedia di sistem rujukan statistik. Tautan dan panduan membacanya kami kirim ke e-mail Anda.'
			),
			score(31, 5, 'Cepat dan lengkap.')
		]
	},
	{
		office: 'majene',
		opening: {
			ago: 49,
			kind: 'complaint',
			title: 'Biaya data yang membingungkan',
			body: 'Di depan pintu tertulis layanan gratis, tetapi untuk data mikro saya diminta membayar. Tidak ada penjelasan mana yang gratis dan mana yang berbayar.',
			category: 'cost',
			service: 'product_sales',
			identity: 'named',
			reporter: 31
		},
		steps: [
			verify(47, 'cost'),
			assign(47),
			ask(46, 'Data mikro survei apa yang Anda minta, dan apakah untuk keperluan pendidikan?'),
			reply(44, 'Survei sosial ekonomi, untuk tugas akhir. Saya punya surat keterangan dari kampus.'),
			answer(
				40,
				'Konsultasi dan publikasi elektronik gratis. Data mikro dikenai tarif sesuai peraturan, kecuali bagi mahasiswa dengan surat keterangan kampus. Daftarnya sekarang kami pasang di ruang layanan.'
			),
			approve(39),
			score(38, 4)
		]
	},
	{
		office: 'mamasa',
		opening: {
			ago: 30,
			kind: 'suggestion',
			body: 'Perpustakaan sebaiknya buka sampai sore pada hari Rabu, karena sekolah kami baru bisa berkunjung siang hari.',
			category: 'time',
			service: 'library',
			identity: 'named',
			reporter: 32
		},
		steps: [
			verify(29, 'time'),
			answer(
				25,
				'Kunjungan sekolah pada Rabu siang kami layani sampai pukul 16.00, cukup memberi tahu dua hari sebelumnya.'
			),
			score(24, 4)
		]
	},
	{
		name: 'closed-by-silence',
		office: 'mamuju',
		opening: {
			ago: 39,
			kind: 'complaint',
			title: 'Ruang konsultasi bising',
			body: 'Konsultasi dilakukan di ruang yang sama dengan ruang tunggu sehingga semua orang mendengar masalah data perusahaan kami.',
			category: 'facilities',
			identity: 'withheld',
			reporter: 34
		},
		steps: [
			verify(38, 'facilities'),
			assign(38),
			answer(
				32,
				'Konsultasi yang menyangkut data perusahaan kini dilakukan di ruang rapat kecil. Silakan meminta ruang tertutup kepada penerima tamu.'
			),
			approve(31, 'deputy')
		]
	},
	{
		office: 'sulbar',
		opening: {
			ago: 102,
			kind: 'complaint',
			title: 'Pengumuman rilis terlambat',
			body: 'Berita resmi statistik bulan itu baru muncul di situs sore hari, padahal dijadwalkan pukul 11.00. Media kami harus menunda berita.',
			category: 'time',
			identity: 'named',
			reporter: 36
		},
		steps: [
			verify(101, 'time'),
			assign(101),
			answer(
				95,
				'Keterlambatan terjadi karena gangguan jaringan. Untuk rilis berikutnya disiapkan cadangan unggahan lewat jaringan seluler.'
			),
			approve(94)
		]
	},
	{
		name: 'answered-late',
		office: 'mamuju',
		opening: {
			ago: 112,
			kind: 'complaint',
			title: 'Berkas konsultasi tidak dikembalikan',
			body: 'Contoh kuesioner yang saya titipkan untuk dikoreksi belum dikembalikan dan tidak ada yang tahu disimpan di mana.',
			category: 'procedure',
			service: 'consultation',
			identity: 'named',
			reporter: 37
		},
		// Everything here was late, so that the figures of deadlines have something to tell.
		steps: [
			verify(107, 'procedure'),
			assign(106, 'handler2'),
			answer(
				92,
				'Berkas ditemukan di ruang pengolahan dan sudah kami kirim ke alamat Anda. Kami mohon maaf atas keterlambatan ini.',
				'handler2'
			),
			approve(91),
			score(88, 3)
		]
	}
];
