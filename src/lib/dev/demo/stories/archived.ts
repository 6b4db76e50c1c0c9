import { answer, approve, archive, ask, assign, dispute, reopen, score, verify } from '../steps.ts';
import type { Story } from '../story.ts';

/** Reports closed without action, for each of the reasons, and reporters who did not leave it at that. */
export const ARCHIVED_AND_DISPUTED: readonly Story[] = [
	{
		name: 'original',
		office: 'mamuju',
		opening: {
			ago: 9,
			kind: 'complaint',
			title: 'Tautan unduhan kedaluwarsa',
			body: 'Tautan unduhan data yang dikirim petugas sudah tidak berlaku ketika saya buka keesokan harinya.',
			category: 'product',
			identity: 'named',
			reporter: 40
		},
		steps: [verify(8, 'product'), assign(8)]
	},
	{
		name: 'duplicate',
		office: 'mamuju',
		opening: {
			ago: 8,
			kind: 'complaint',
			body: 'Saya lapor lagi karena belum ada kabar: tautan unduhan data yang dikirim petugas sudah kedaluwarsa.',
			category: 'product',
			identity: 'named',
			reporter: 40
		},
		steps: [
			archive(7, 'duplicate', 'Laporan ini sama dengan laporan Anda sehari sebelumnya, yang tetap kami tangani.', {
				sameAs: 'original'
			}),
			approve(6)
		]
	},
	{
		office: 'majene',
		opening: {
			ago: 19,
			kind: 'suggestion',
			body: 'Pasar sentral sebaiknya dipindahkan ke pinggir kota agar tidak macet.',
			identity: 'none'
		},
		steps: [
			archive(18, 'out_of_scope', 'Penataan pasar adalah urusan pemerintah kabupaten. BPS hanya menyediakan datanya.')
		]
	},
	{
		name: 'incomplete',
		office: 'mamuju',
		opening: {
			ago: 24,
			kind: 'information_request',
			body: 'Saya perlu data tersebut secepatnya untuk laporan, tolong dikirim.',
			identity: 'named',
			reporter: 41
		},
		// Nobody answers the question: the turn runs out and the case closes itself.
		steps: [ask(23, 'Data apa yang Anda maksud, untuk wilayah dan tahun berapa?')]
	},
	{
		office: 'sulbar',
		opening: {
			ago: 14,
			kind: 'suggestion',
			body: 'Dapatkan pinjaman kilat tanpa jaminan, proses lima menit, hubungi kami sekarang juga!!!',
			identity: 'none',
			flagged: true
		},
		steps: [archive(14, 'spam', 'Kiriman ini iklan, bukan laporan.')]
	},
	{
		office: 'mamuju-tengah',
		opening: {
			ago: 22,
			kind: 'complaint',
			title: 'KTP belum jadi',
			body: 'KTP elektronik saya sudah enam bulan belum jadi, setiap ditanya jawabannya blangko habis.',
			identity: 'named',
			reporter: 42
		},
		steps: [
			archive(
				21,
				'other_authority',
				'Kartu tanda penduduk diterbitkan oleh dinas kependudukan dan pencatatan sipil kabupaten. Silakan menyampaikannya ke sana atau melalui SP4N-LAPOR!.'
			),
			approve(20)
		]
	},
	{
		office: 'pasangkayu',
		opening: {
			ago: 16,
			kind: 'complaint',
			title: 'Hasil konsultasi belum dikirim',
			body: 'Ringkasan hasil konsultasi yang dijanjikan belum dikirim ke e-mail saya sampai hari ini.',
			category: 'time',
			identity: 'named',
			reporter: 43
		},
		steps: [
			verify(15, 'time'),
			archive(14, 'withdrawn', 'Dicabut atas permintaan Anda: ringkasannya ternyata masuk ke folder spam.'),
			approve(13)
		]
	},
	{
		name: 'objection',
		office: 'mamuju',
		opening: {
			ago: 9,
			kind: 'complaint',
			title: 'Sensus tidak mencatat keluarga kami',
			body: 'Keluarga kami tidak pernah didatangi petugas sensus, padahal tetangga kiri dan kanan didata semua.',
			category: 'procedure',
			identity: 'named',
			reporter: 44
		},
		steps: [
			archive(7, 'out_of_scope', 'Pendataan lapangan sudah selesai sehingga tidak dapat dilayani lewat loket ini.'),
			approve(6),
			dispute(
				3,
				'Saya tidak meminta didata ulang. Saya ingin tahu mengapa rumah kami terlewat dan apakah itu diperiksa.'
			)
		]
	},
	{
		name: 'reopened',
		office: 'mamasa',
		opening: {
			ago: 15,
			kind: 'complaint',
			title: 'Surat balasan salah alamat',
			body: 'Surat balasan permohonan data kami dikirim ke instansi lain yang namanya mirip.',
			category: 'procedure',
			identity: 'named',
			reporter: 45
		},
		steps: [
			verify(14, 'procedure'),
			archive(12, 'withdrawn', 'Dianggap selesai karena surat sudah diterima.'),
			approve(11),
			dispute(9, 'Saya tidak pernah mencabut laporan ini, dan suratnya belum kami terima.'),
			reopen(8, 'Benar, yang menelepon adalah instansi yang salah menerima. Laporan ditangani lagi.'),
			assign(7)
		]
	},
	{
		name: 'disputed',
		office: 'mamuju',
		opening: {
			ago: 18,
			kind: 'complaint',
			title: 'Toilet pengunjung terkunci',
			body: 'Toilet pengunjung selalu terkunci dan kuncinya dipegang orang yang tidak ada di tempat.',
			category: 'facilities',
			identity: 'none',
			at: 'box'
		},
		steps: [
			verify(17, 'facilities'),
			assign(17),
			answer(13, 'Kunci toilet kini dititipkan di meja penerima tamu.'),
			approve(12),
			dispute(7, 'Kemarin saya datang lagi, kuncinya tidak ada di meja itu dan petugasnya tidak tahu-menahu.')
		]
	},
	{
		office: 'mamuju',
		opening: {
			ago: 32,
			kind: 'complaint',
			title: 'Jawaban lewat e-mail tidak tuntas',
			body: 'Dari tiga pertanyaan tentang indeks harga konsumen, hanya satu yang dijawab lewat e-mail.',
			category: 'competence',
			service: 'consultation',
			identity: 'named',
			reporter: 46
		},
		steps: [
			verify(31, 'competence'),
			assign(31),
			answer(27, 'Jawaban atas pertanyaan Anda sudah kami kirim melalui e-mail.'),
			approve(26),
			score(24, 2, 'Masih satu pertanyaan yang belum dijawab.'),
			answer(
				20,
				'Pertanyaan ketiga tentang penimbang komoditas sudah kami jawab lengkap dengan tabelnya. Mohon maaf terlewat dua kali.'
			),
			approve(19),
			score(17, 5)
		]
	},
	{
		name: 'final-answer',
		office: 'polewali-mandar',
		opening: {
			ago: 44,
			kind: 'complaint',
			title: 'Tidak mendapat salinan daftar hadir',
			body: 'Saya mengikuti pelatihan statistik sektoral, tetapi permintaan salinan daftar hadir untuk laporan instansi ditolak.',
			category: 'procedure',
			identity: 'named',
			reporter: 47
		},
		steps: [
			verify(43, 'procedure'),
			assign(43),
			answer(39, 'Daftar hadir memuat data pribadi peserta lain sehingga tidak dapat disalin.'),
			approve(38),
			dispute(34, 'Saya hanya memerlukan bukti kehadiran instansi kami sendiri.'),
			answer(28, 'Surat keterangan kehadiran dapat diminta kepada panitia pelatihan.'),
			approve(27),
			dispute(20, 'Panitia mengatakan surat itu harus dari kantor BPS. Kami dioper ke sana kemari.'),
			answer(
				9,
				'Surat keterangan kehadiran instansi Anda sudah saya tanda tangani dan dikirim hari ini. Mohon maaf Anda sampai dioper.',
				'head'
			),
			approve(8, 'provinceHead')
		]
	}
];
