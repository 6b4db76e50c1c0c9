import { assign, verify, verifyRequest } from '../steps.ts';
import type { Story } from '../story.ts';

/** Reports nobody has answered yet: just come in, checked, and some that have waited too long. */
export const NEW_REPORTS: readonly Story[] = [
	{
		name: 'new',
		office: 'mamuju',
		opening: {
			ago: 1,
			kind: 'complaint',
			title: 'Hanya satu loket yang dibuka',
			body: 'Pukul sepuluh pagi ada lebih dari sepuluh orang menunggu di ruang PST, tetapi hanya satu loket yang melayani. Papan loket kedua mati dan tidak ada keterangan sampai kapan.',
			hopes: 'Buka loket kedua pada jam ramai, atau pasang keterangan perkiraan waktu tunggu.',
			category: 'time',
			service: 'consultation',
			identity: 'none',
			at: 'box',
			photos: ['queue']
		},
		steps: []
	},
	{
		office: 'mamuju',
		opening: {
			ago: 1,
			kind: 'suggestion',
			title: 'Ringkasan inflasi dalam bahasa sederhana',
			body: 'Akan sangat membantu pedagang seperti kami bila setiap rilis inflasi ada ringkasan satu halaman dengan bahasa sehari-hari dan contoh harga di pasar Mamuju.',
			category: 'product',
			identity: 'named',
			reporter: 1,
			publish: true
		},
		steps: []
	},
	{
		office: 'mamuju',
		opening: {
			ago: 2,
			kind: 'information_request',
			title: 'Data jumlah penduduk per kelurahan',
			body: 'Saya mahasiswa dan memerlukan jumlah penduduk per kelurahan di Kecamatan Simboro untuk skripsi. Apakah data tahun terakhir sudah tersedia dan bagaimana cara mendapatkannya?',
			service: 'library',
			identity: 'named',
			reporter: 2
		},
		steps: []
	},
	{
		name: 'overdue',
		office: 'mamuju',
		opening: {
			ago: 8,
			kind: 'complaint',
			title: 'E-mail permintaan data belum dibalas',
			body: 'Saya mengirim e-mail konsultasi tentang klasifikasi lapangan usaha, dan sudah lebih dari seminggu tidak ada balasan maupun pemberitahuan bahwa e-mail diterima.',
			category: 'time',
			service: 'consultation',
			identity: 'named',
			reporter: 3,
			incident: 6
		},
		steps: []
	},
	{
		name: 'flagged',
		office: 'mamuju',
		opening: {
			ago: 1,
			kind: 'complaint',
			body: 'Kursi di ruang tunggu ada yang patah kakinya dan hampir membuat orang tua saya jatuh.',
			category: 'facilities',
			identity: 'none',
			at: 'box',
			photos: ['chairs'],
			flagged: true
		},
		steps: []
	},
	{
		office: 'mamuju',
		opening: {
			ago: 2,
			kind: 'complaint',
			title: 'Nomor antrean terlewat',
			body: 'Nomor antrean saya dilewati karena layar panggil tidak menyala. Saya baru tahu setelah bertanya ke meja depan dan harus mengambil nomor baru.',
			category: 'procedure',
			identity: 'withheld',
			reporter: 4,
			at: 'box'
		},
		// Given to somebody before it was checked: that alone changes nothing else.
		steps: [assign(1, 'handler2')]
	},
	{
		name: 'proposed-name',
		office: 'mamuju',
		opening: {
			ago: 3,
			kind: 'complaint',
			title: 'Informasi yang berbeda dari dua orang',
			body: 'Hari Senin saya diberi tahu publikasi Kecamatan Dalam Angka boleh dipinjam. Hari berikutnya Petugas Contoh 3 mengatakan hanya boleh dibaca di tempat. Mana yang benar?',
			category: 'competence',
			service: 'library',
			identity: 'named',
			reporter: 5
		},
		steps: []
	},
	{
		office: 'sulbar',
		opening: {
			ago: 1,
			kind: 'complaint',
			title: 'Situs tabel dinamis sering gagal dimuat',
			body: 'Tiga hari berturut-turut tabel dinamis ekspor Sulawesi Barat berhenti di tengah jalan sehingga data tidak dapat diunduh. Di komputer kantor lain hasilnya sama.',
			category: 'product',
			identity: 'named',
			reporter: 6,
			photos: ['screen']
		},
		steps: []
	},
	{
		office: 'majene',
		opening: {
			ago: 1,
			kind: 'suggestion',
			body: 'Mohon disediakan rak khusus publikasi lama di perpustakaan, supaya data tahun 1990-an mudah dicari tanpa harus meminta petugas membongkar gudang.',
			identity: 'none',
			at: 'box'
		},
		steps: []
	},
	{
		office: 'polewali-mandar',
		opening: {
			ago: 2,
			kind: 'complaint',
			title: 'Data padi tidak sama',
			body: 'Luas panen padi di publikasi cetak berbeda dengan tabel di situs. Saya sudah menyusun laporan dengan angka cetak dan diminta menjelaskan perbedaannya.',
			category: 'product',
			identity: 'named',
			reporter: 7
		},
		steps: []
	},
	{
		office: 'mamasa',
		opening: {
			ago: 5,
			kind: 'suggestion',
			title: 'Pelatihan membaca data untuk aparat desa',
			body: 'Kami usul BPS mengadakan pelatihan setengah hari untuk aparat desa tentang cara membaca data Podes, karena banyak desa di Mamasa yang belum memahaminya.',
			identity: 'named',
			reporter: 8,
			publish: true
		},
		steps: []
	},
	{
		office: 'mamuju',
		opening: {
			ago: 3,
			kind: 'complaint',
			title: 'Lantai depan pintu licin saat hujan',
			body: 'Setiap hujan, air menggenang di depan pintu masuk PST dan lantainya sangat licin. Kemarin seorang pengunjung terpeleset.',
			hopes: 'Pasang keset dan perbaiki talang air.',
			category: 'facilities',
			identity: 'none',
			at: 'box',
			photos: ['puddle'],
			incident: 1
		},
		steps: [verify(2, 'facilities', { priority: 'high' })]
	},
	{
		office: 'mamuju',
		opening: {
			ago: 4,
			kind: 'information_request',
			title: 'Garis kemiskinan menurut kabupaten',
			body: 'Mohon informasi garis kemiskinan dan persentase penduduk miskin Kabupaten Mamuju lima tahun terakhir, beserta penjelasan perubahan metodenya bila ada.',
			service: 'consultation',
			identity: 'named',
			reporter: 10
		},
		steps: [verifyRequest(2, 'product')]
	},
	{
		office: 'pasangkayu',
		opening: {
			ago: 3,
			kind: 'suggestion',
			body: 'Ruang baca perlu colokan listrik tambahan. Sekarang pengunjung yang membawa laptop harus bergantian memakai satu stopkontak.',
			category: 'facilities',
			identity: 'none',
			at: 'box'
		},
		steps: [verify(2, 'facilities', { priority: 'low' })]
	},
	{
		office: 'sulbar',
		opening: {
			ago: 7,
			kind: 'complaint',
			title: 'Rekomendasi kegiatan statistik tertahan',
			body: 'Dinas kami mengajukan rekomendasi kegiatan statistik dan dokumen sudah lengkap, tetapi sampai sekarang tidak ada kabar apakah sedang diperiksa atau ada yang kurang.',
			category: 'procedure',
			service: 'recommendation',
			identity: 'named',
			reporter: 11
		},
		// Checked in time; the first reply is what has not come.
		steps: [verify(6, 'procedure', { priority: 'high' })]
	}
];
