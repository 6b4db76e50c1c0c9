import { answer, approve, archive, assign, sendBack, verify, write } from '../steps.ts';
import type { Story } from '../story.ts';

/** Reports whose draft is before the second person, was sent back, or went out only at the second try. */
export const DRAFTED: readonly Story[] = [
	{
		name: 'pending-approval',
		office: 'mamuju',
		opening: {
			ago: 7,
			kind: 'complaint',
			title: 'Data yang diberikan salah tahun',
			body: 'Saya meminta data produksi kakao tahun terakhir, tetapi berkas yang diberikan ternyata data dua tahun sebelumnya. Baru ketahuan saat presentasi.',
			category: 'product',
			service: 'library',
			identity: 'named',
			reporter: 17
		},
		steps: [
			verify(6, 'product'),
			assign(6),
			answer(
				1,
				'Kami mohon maaf. Berkas yang diberikan memang tahun lama karena salah folder. Data tahun terakhir sudah kami kirim ke e-mail Anda, dan folder lama sudah kami pindahkan agar tidak terulang.'
			)
		]
	},
	{
		name: 'pending-too-long',
		office: 'mamuju',
		opening: {
			ago: 10,
			kind: 'complaint',
			title: 'Mesin antrean rusak',
			body: 'Mesin nomor antrean tidak mengeluarkan kertas sehingga pengunjung saling mendahului. Petugas meja depan sudah diberi tahu, tetapi esoknya masih sama.',
			category: 'facilities',
			identity: 'none',
			at: 'box'
		},
		steps: [
			verify(9, 'facilities'),
			assign(8),
			answer(
				4,
				'Mesin antrean telah diperbaiki. Sambil menunggu suku cadang, petugas memakai nomor antrean kertas yang dibagikan di pintu masuk.'
			)
		]
	},
	{
		name: 'head-absent',
		office: 'pasangkayu',
		opening: {
			ago: 5,
			kind: 'complaint',
			title: 'Ruang tunggu tanpa kursi prioritas',
			body: 'Ibu saya yang memakai tongkat harus berdiri hampir setengah jam karena tidak ada kursi prioritas dan tidak ada yang mengarahkan.',
			category: 'facilities',
			identity: 'named',
			reporter: 18
		},
		steps: [
			verify(4, 'facilities'),
			assign(4),
			answer(
				1,
				'Kami mohon maaf kepada Ibu Anda. Dua kursi prioritas sudah ditandai dan petugas penerima tamu wajib mendahulukan lansia serta penyandang disabilitas.'
			)
		]
	},
	{
		name: 'archive-pending',
		office: 'mamuju',
		opening: {
			ago: 4,
			kind: 'complaint',
			body: 'Lampu jalan di depan perumahan kami sudah dua minggu mati dan jalannya gelap sekali. Mohon segera diperbaiki.',
			identity: 'none'
		},
		steps: [
			archive(
				2,
				'other_authority',
				'Penerangan jalan bukan kewenangan BPS. Silakan sampaikan ke dinas perhubungan kabupaten atau melalui SP4N-LAPOR!.'
			)
		]
	},
	{
		name: 'sent-back',
		office: 'mamuju',
		opening: {
			ago: 8,
			kind: 'complaint',
			title: 'Penjelasan PDRB tidak sesuai pertanyaan',
			body: 'Saya bertanya mengapa PDRB atas dasar harga konstan dipakai untuk pertumbuhan. Jawabannya hanya menyuruh membaca publikasi tanpa menunjukkan bagian yang mana.',
			category: 'competence',
			service: 'consultation',
			identity: 'named',
			reporter: 19
		},
		steps: [
			verify(7, 'competence'),
			assign(7),
			answer(3, 'Silakan membaca publikasi PDRB bagian metodologi.'),
			sendBack(2, 'Jawaban ini mengulang masalah yang dikeluhkan. Tuliskan penjelasannya dan halaman rujukannya.')
		]
	},
	{
		office: 'polewali-mandar',
		opening: {
			ago: 8,
			kind: 'complaint',
			title: 'Petugas lapangan tidak membawa tanda pengenal',
			body: 'Seorang pencacah datang ke rumah tanpa tanda pengenal dan surat tugas. Saya menolak menjawab dan ingin memastikan apakah benar ada survei di lingkungan kami.',
			category: 'procedure',
			identity: 'withheld',
			reporter: 20
		},
		steps: [
			verify(7, 'procedure', { priority: 'high' }),
			assign(7),
			write(
				6,
				'Terima kasih sudah berhati-hati. Kami sedang mencocokkan lokasi Anda dengan daftar sampel survei yang berjalan.'
			),
			answer(3, 'Benar ada survei di lingkungan Anda.'),
			sendBack(2, 'Sebutkan nama surveinya, cara memeriksa surat tugas, dan tindakan terhadap pencacah.')
		]
	},
	{
		office: 'majene',
		opening: {
			ago: 12,
			kind: 'complaint',
			title: 'Komputer perpustakaan tidak bisa dipakai',
			body: 'Dari dua komputer pencarian di perpustakaan, keduanya tidak dapat membuka katalog. Saya pulang tanpa hasil.',
			category: 'facilities',
			service: 'library',
			identity: 'none'
		},
		steps: [
			verify(11, 'facilities'),
			assign(11),
			answer(9, 'Kedua komputer sudah diperbaiki dan katalog dapat dibuka kembali.'),
			sendBack(8, 'Tambahkan sejak kapan bisa dipakai dan apa yang dapat dilakukan pengunjung bila rusak lagi.'),
			answer(
				7,
				'Kedua komputer sudah diperbaiki dan katalog dapat dibuka sejak kemarin. Bila rusak lagi, petugas akan mencarikan lewat komputer meja layanan. Mohon maaf Anda sampai pulang tanpa hasil.'
			),
			approve(6)
		]
	}
];
