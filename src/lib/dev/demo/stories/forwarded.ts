import { forward, forwardByHand, laporMoves, laporPassesBack, laporSays } from '../lapor-steps.ts';
import { answer, approve, assign, verify, write } from '../steps.ts';
import type { Story } from '../story.ts';

const RECORD = 'Dicatat di SP4N-LAPOR! sesuai kebijakan kantor.';
/** What the sandbox answers to a report that LAPOR would not take. */
const REFUSED = {
	kind: 'answer',
	status: 422,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify({
		status: 422,
		message: 'The given data was invalid.',
		errors: { content: ['Uraian laporan perlu menyebutkan lokasi kejadian.'] }
	})
};

/** Reports that went to SP4N-LAPOR!, each at another point of the way. */
export const FORWARDED: readonly Story[] = [
	{
		name: 'forwarded',
		office: 'mamuju',
		opening: {
			ago: 12,
			kind: 'complaint',
			title: 'Layanan data daring tidak dapat diakses',
			body: 'Sudah dua pekan akun saya pada aplikasi layanan terpadu tidak dapat masuk. Pengaturan ulang kata sandi tidak pernah sampai ke e-mail saya.',
			category: 'procedure',
			service: 'consultation',
			identity: 'named',
			reporter: 60,
			consent: true,
			publish: true,
			photos: ['screen']
		},
		steps: [
			verify(11, 'procedure'),
			assign(11),
			forward(10, { reason: RECORD, consent: true }),
			write(10, 'Kami sedang memeriksa akun Anda bersama pengelola aplikasi di pusat.'),
			laporMoves(9, 'Terverifikasi', 'Laporan diverifikasi oleh admin instansi'),
			laporMoves(7, 'Dalam Proses', 'Laporan sedang ditindaklanjuti')
		]
	},
	{
		name: 'forwarded-new',
		office: 'sulbar',
		opening: {
			ago: 4,
			kind: 'complaint',
			title: 'Undangan survei lewat pesan meragukan',
			body: 'Warga menerima pesan berisi tautan survei yang mengatasnamakan BPS. Mohon kepastian apakah pesan itu resmi.',
			category: 'procedure',
			identity: 'none',
			publish: true
		},
		steps: [verify(3, 'procedure', { priority: 'high' }), assign(3), forward(2, { reason: RECORD })]
	},
	{
		name: 'finished-at-lapor',
		office: 'pasangkayu',
		opening: {
			ago: 15,
			kind: 'complaint',
			title: 'Papan nama kantor rusak',
			body: 'Papan nama kantor di tepi jalan roboh sejak angin kencang dan membahayakan pengguna jalan.',
			category: 'facilities',
			identity: 'none',
			publish: true
		},
		steps: [
			verify(14, 'facilities', { priority: 'high' }),
			assign(14),
			forward(13, { reason: RECORD }),
			laporMoves(12, 'Terverifikasi', 'Laporan diverifikasi'),
			laporMoves(10, 'Dalam Proses', 'Menunggu perbaikan'),
			laporSays(
				4,
				'Papan nama sudah diperbaiki dan dipasang kembali dengan tiang besi. Terima kasih atas laporannya.',
				'BPS Provinsi Sulawesi Barat',
				'Selesai'
			)
		]
	},
	{
		name: 'answer-at-lapor',
		office: 'mamuju',
		opening: {
			ago: 14,
			kind: 'complaint',
			title: 'Data curah hujan tidak lengkap',
			body: 'Tabel curah hujan pada publikasi kabupaten kosong untuk empat bulan tanpa keterangan.',
			category: 'product',
			identity: 'none'
		},
		steps: [
			verify(13, 'product'),
			assign(13),
			forward(12, { reason: RECORD }),
			laporPassesBack(10),
			answer(
				8,
				'Data empat bulan itu belum kami terima dari stasiun meteorologi saat publikasi dicetak. Tabel lengkapnya sudah diperbarui di situs, dengan keterangan.'
			),
			approve(7)
		]
	},
	{
		name: 'unknown-at-lapor',
		office: 'mamuju',
		opening: {
			ago: 6,
			kind: 'complaint',
			title: 'Parkir kantor ditutup untuk umum',
			body: 'Halaman parkir ditutup untuk pengunjung sehingga kami parkir di bahu jalan trans yang ramai.',
			category: 'facilities',
			identity: 'none'
		},
		// The report is at LAPOR, but its answer got lost: a person finds it there and enters the number.
		steps: [verify(5, 'facilities'), assign(5), forward(3, { reason: RECORD }, { kind: '500_after' })]
	},
	{
		name: 'rejected-at-lapor',
		office: 'sulbar',
		opening: {
			ago: 6,
			kind: 'complaint',
			title: 'Nomor pengaduan tidak tersambung',
			body: 'Nomor telepon pengaduan yang tertera di spanduk tidak pernah tersambung sejak minggu lalu.',
			category: 'facilities',
			identity: 'none'
		},
		steps: [verify(5, 'facilities'), assign(5, 'handler2'), forward(3, { reason: RECORD, by: 'handler2' }, REFUSED)]
	},
	{
		name: 'waiting-for-number',
		office: 'majene',
		opening: {
			ago: 5,
			kind: 'complaint',
			title: 'Tidak ada jalur kursi roda',
			body: 'Pintu masuk ruang layanan hanya punya tangga. Teman saya yang memakai kursi roda harus diangkat.',
			category: 'facilities',
			identity: 'none',
			publish: true
		},
		steps: [verify(4, 'facilities', { priority: 'high' }), assign(4), forwardByHand(2, { reason: RECORD })]
	},
	{
		name: 'transferred',
		office: 'polewali-mandar',
		opening: {
			ago: 10,
			kind: 'complaint',
			title: 'Data penerima bantuan tidak tepat',
			body: 'Tetangga kami yang mampu menerima bantuan sosial, sedangkan keluarga yang tidak mampu tidak terdaftar. Kata petugas desa datanya dari BPS.',
			category: 'other',
			identity: 'none',
			publish: true
		},
		steps: [
			verify(9, 'other'),
			forward(8, {
				purpose: 'transfer',
				institution: 'Pemerintah Kabupaten Polewali Mandar',
				reason: 'Penetapan penerima bantuan sosial adalah kewenangan pemerintah kabupaten.'
			}),
			laporMoves(6, 'Dalam Proses', 'Diteruskan kepada dinas sosial')
		]
	}
];
