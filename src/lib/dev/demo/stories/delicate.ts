import { answer, approve, assign, note, reply, reveal, verify, write } from '../steps.ts';
import type { Story } from '../story.ts';

/** Reports that not everybody in the house may see, or that need special care. */
export const DELICATE: readonly Story[] = [
	{
		name: 'integrity-new',
		office: 'mamuju',
		opening: {
			ago: 2,
			kind: 'complaint',
			title: 'Diminta uang untuk mempercepat data',
			body: 'Seseorang di area layanan menawarkan mempercepat permintaan data dengan imbalan uang tunai dan meminta tidak memakai kuitansi.',
			category: 'integrity',
			identity: 'none',
			incident: 1
		},
		steps: []
	},
	{
		name: 'integrity',
		office: 'majene',
		opening: {
			ago: 16,
			kind: 'complaint',
			title: 'Honor petugas lapangan dipotong',
			body: 'Honor pendataan yang kami terima lebih kecil daripada yang tertulis pada surat perjanjian. Katanya untuk biaya administrasi, tetapi tidak ada tanda terimanya.',
			category: 'integrity',
			identity: 'withheld',
			reporter: 50
		},
		steps: [
			verify(15, 'integrity', {
				class: 'oversight',
				priority: 'high',
				reason: 'Ada dugaan pemotongan hak petugas yang perlu diperiksa dengan dokumen pembayaran.',
				by: 'provinceHead'
			}),
			assign(15, 'provinceDeputy', 'provinceHead'),
			write(
				14,
				'Laporan Anda ditangani langsung oleh BPS Provinsi. Bila ada, kirimkan foto surat perjanjian melalui halaman ini.',
				'provinceDeputy'
			),
			reply(11, 'Berikut foto lembar perjanjiannya.', ['paper']),
			note(9, 'Bukti pembayaran diminta kepada bendahara, batas waktu Jumat.', 'provinceDeputy')
		]
	},
	{
		name: 'about-the-head',
		office: 'mamuju',
		opening: {
			ago: 7,
			kind: 'complaint',
			title: 'Janji audiensi dibatalkan sepihak',
			body: 'Audiensi organisasi kami dengan kepala kantor tentang data pertanian dibatalkan sepihak dua kali tanpa penjadwalan ulang.',
			category: 'behaviour',
			identity: 'named',
			reporter: 51,
			officer: 0
		},
		steps: [verify(6, 'behaviour', { by: 'provinceHead' }), assign(6, 'provinceDeputy', 'provinceHead')]
	},
	{
		name: 'names-a-colleague',
		office: 'mamuju',
		opening: {
			ago: 6,
			kind: 'complaint',
			title: 'Penjelasan terburu-buru',
			body: 'Penjelasan tentang metode sampling diberikan sambil mengetik pekerjaan lain, dan pertanyaan saya dijawab singkat tanpa melihat berkas saya.',
			category: 'behaviour',
			service: 'consultation',
			identity: 'named',
			reporter: 52,
			officer: 6
		},
		steps: [
			verify(5, 'behaviour'),
			assign(5),
			write(4, 'Terima kasih atas laporan Anda. Kami akan berbicara dengan petugas yang bersangkutan.')
		]
	},
	{
		name: 'revealed',
		office: 'mamuju',
		opening: {
			ago: 13,
			kind: 'complaint',
			title: 'Data responden usaha diketahui pihak lain',
			body: 'Setelah mengisi survei, saya dihubungi pihak yang mengetahui omzet usaha saya. Saya khawatir jawaban survei bocor.',
			hopes: 'Pastikan siapa yang dapat melihat jawaban saya.',
			category: 'procedure',
			identity: 'withheld',
			reporter: 53
		},
		steps: [
			verify(12, 'procedure', { priority: 'high' }),
			assign(12),
			reveal(10, 'Nama diperlukan untuk mencocokkan kuesioner dengan catatan akses dokumen.'),
			answer(
				3,
				'Catatan akses menunjukkan kuesioner Anda hanya dibuka oleh pencacah dan pengawasnya. Penelusuran tidak menemukan kebocoran dari BPS. Jawaban survei dilindungi Undang-Undang Statistik.'
			),
			approve(2)
		]
	},
	{
		name: 'oversight',
		office: 'sulbar',
		opening: {
			ago: 13,
			kind: 'complaint',
			title: 'Petugas meninggalkan loket berulang kali',
			body: 'Dalam sebulan ini tiga kali kami datang pada jam layanan dan loket rekomendasi ditinggalkan tanpa pengganti. Akibatnya kegiatan survei dinas kami tertunda.',
			category: 'procedure',
			service: 'recommendation',
			identity: 'named',
			reporter: 54
		},
		steps: [
			verify(12, 'procedure', {
				class: 'oversight',
				reason: 'Ada dugaan pelanggaran disiplin yang berulang, sehingga perlu pemeriksaan kehadiran.',
				by: 'head'
			}),
			assign(12, 'handler2', 'head'),
			write(10, 'Kami sedang memeriksa catatan kehadiran pada tanggal-tanggal yang Anda sebutkan.', 'handler2')
		]
	}
];
