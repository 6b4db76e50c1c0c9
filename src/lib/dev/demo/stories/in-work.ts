import { ask, assign, contacted, note, verify, verifyRequest, write } from '../steps.ts';
import type { Story } from '../story.ts';

/** Reports the offices are working on, and those that wait for a word of the reporter. */
export const IN_WORK: readonly Story[] = [
	{
		name: 'in-progress',
		office: 'mamuju',
		opening: {
			ago: 9,
			kind: 'complaint',
			title: 'Buku tamu elektronik selalu menolak e-mail saya',
			body: 'Saat mengisi buku tamu elektronik, alamat e-mail saya dianggap salah padahal masih aktif. Akhirnya saya dilayani tanpa tercatat dan tidak menerima tautan penilaian.',
			category: 'procedure',
			service: 'consultation',
			identity: 'named',
			reporter: 12,
			at: 'desk'
		},
		steps: [
			verify(8, 'procedure'),
			assign(8),
			write(
				7,
				'Terima kasih atas laporan Anda. Kami sudah mencoba alamat e-mail dengan akhiran yang sama dan mengalami hal serupa. Pengelola aplikasi buku tamu sedang memeriksanya.'
			),
			note(6, 'Sudah diteruskan ke tim TI provinsi. Janji kabar paling lambat minggu depan.')
		]
	},
	{
		name: 'overdue-in-progress',
		office: 'mamuju',
		opening: {
			ago: 21,
			kind: 'complaint',
			title: 'Publikasi yang dibeli belum diterima',
			body: 'Saya membayar tiga publikasi pada layanan penjualan produk statistik. Bukti bayar sudah saya serahkan, tetapi kirimannya belum sampai dan nomor pengirimannya tidak diberikan.',
			hopes: 'Kirimkan publikasi atau kembalikan pembayarannya.',
			category: 'product',
			service: 'product_sales',
			identity: 'named',
			reporter: 13,
			incident: 15,
			photos: ['shelf']
		},
		steps: [
			verify(19, 'product', { priority: 'high' }),
			assign(19, 'handler2'),
			write(
				18,
				'Kami sedang menelusuri pengiriman bersama bagian umum. Mohon maaf atas ketidaknyamanan ini.',
				'handler2'
			),
			note(10, 'Bagian umum menyatakan dua dari tiga judul habis, menunggu cetak ulang.', 'handler2')
		]
	},
	{
		office: 'majene',
		opening: {
			ago: 6,
			kind: 'complaint',
			title: 'Jam layanan tidak sesuai pengumuman',
			body: 'Pengumuman menyebut layanan sampai pukul 15.30, tetapi pukul 14.45 pintu ruang PST sudah ditutup dan petugas mengatakan layanan selesai.',
			category: 'time',
			identity: 'none',
			channel: 'box',
			notedAfter: 1,
			photos: ['paper']
		},
		steps: [
			verify(5, 'time'),
			assign(4),
			write(3, 'Laporan Anda dari kotak saran sudah kami baca. Kami sedang memeriksa jadwal jaga pada hari tersebut.')
		]
	},
	{
		office: 'mamuju',
		opening: {
			ago: 4,
			kind: 'complaint',
			title: 'Tidak ada petugas saat jam istirahat',
			body: 'Datang pukul 12.30 karena hanya bisa pada jam istirahat kantor. Ruang layanan kosong dan tidak ada papan keterangan kapan dibuka lagi.',
			category: 'time',
			identity: 'named',
			reporter: 14,
			channel: 'walk_in',
			notedAfter: 0,
			photos: ['paper']
		},
		steps: [verify(3, 'time'), assign(3), contacted(2, 'whatsapp')]
	},
	{
		office: 'sulbar',
		opening: {
			ago: 7,
			kind: 'complaint',
			title: 'Jawaban WhatsApp terputus',
			body: 'Konsultasi lewat WhatsApp dijawab sampai pertanyaan kedua, lalu tidak ada balasan lagi selama dua hari. Padahal saya hanya perlu penjelasan satu istilah.',
			category: 'time',
			service: 'consultation',
			identity: 'named',
			reporter: 16,
			channel: 'whatsapp',
			notedAfter: 1
		},
		steps: [verify(5, 'time'), assign(5), contacted(4, 'whatsapp')]
	},
	{
		office: 'mamuju-tengah',
		opening: {
			ago: 5,
			kind: 'suggestion',
			title: 'Titik layanan keliling di kecamatan',
			body: 'Jarak dari Karossa ke kantor BPS cukup jauh. Kami usul ada layanan keliling sebulan sekali di kantor kecamatan untuk konsultasi data desa.',
			category: 'facilities',
			identity: 'named',
			reporter: 15,
			channel: 'phone',
			notedAfter: 0
		},
		steps: [verify(4, 'facilities'), assign(4)]
	},
	{
		name: 'needs-info',
		office: 'mamuju',
		opening: {
			ago: 6,
			kind: 'complaint',
			title: 'Dilayani dengan nada tinggi',
			body: 'Ketika menanyakan syarat data mikro, saya dijawab dengan nada tinggi di depan pengunjung lain. Saya merasa dipermalukan.',
			category: 'behaviour',
			service: 'consultation',
			identity: 'none',
			at: 'box'
		},
		steps: [
			verify(5, 'behaviour'),
			ask(
				4,
				'Kami menyesal atas pengalaman Anda. Agar dapat kami telusuri, kira-kira tanggal dan jam berapa kejadiannya, serta di meja yang mana?'
			)
		]
	},
	{
		name: 'reminded',
		office: 'mamuju',
		opening: {
			ago: 17,
			kind: 'complaint',
			title: 'Formulir permintaan data hilang',
			body: 'Formulir permintaan data yang saya serahkan katanya tidak ditemukan, padahal sudah diberi stempel terima.',
			category: 'procedure',
			identity: 'named',
			reporter: 21
		},
		steps: [
			verify(16, 'procedure'),
			assign(16),
			ask(
				15,
				'Mohon kirimkan foto lembar tanda terima berstempel itu lewat halaman ini, agar kami dapat mencocokkannya dengan buku agenda.'
			)
		]
	},
	{
		office: 'mamasa',
		opening: {
			ago: 4,
			kind: 'suggestion',
			body: 'Sebaiknya data penting dipasang juga di papan pengumuman kantor desa, tidak semua orang bisa membuka situs.',
			identity: 'none',
			channel: 'sms',
			notedAfter: 0
		},
		steps: [ask(3, 'Terima kasih atas sarannya. Data apa yang menurut Anda paling dibutuhkan warga desa?')]
	},
	{
		office: 'sulbar',
		opening: {
			ago: 5,
			kind: 'information_request',
			title: 'Data perdagangan antarwilayah',
			body: 'Perusahaan kami memerlukan data perdagangan antarwilayah untuk komoditas jagung. Bagaimana cara memperolehnya?',
			service: 'consultation',
			identity: 'named',
			reporter: 22,
			channel: 'email',
			notedAfter: 0
		},
		steps: [
			verifyRequest(4, 'product'),
			ask(4, 'Untuk tahun berapa dan sampai tingkat wilayah apa data yang Anda perlukan?')
		]
	}
];
