import { answerEntered } from '../lapor-steps.ts';
import { answer, approve, assign, verify } from '../steps.ts';
import type { Story } from '../story.ts';

/** Reports that SP4N-LAPOR! passed to the office: one to be verified, one whose answer is still owed there, one done. */
export const FROM_LAPOR: readonly Story[] = [
	{
		name: 'from-lapor',
		office: 'mamuju',
		opening: {
			ago: 1,
			kind: 'complaint',
			title: 'Jam layanan konsultasi tidak sesuai papan',
			body: 'Papan di depan kantor menulis konsultasi buka sampai pukul 15.30, tetapi pukul 14.00 loket sudah ditutup tanpa keterangan.',
			category: 'time',
			identity: 'none',
			laporId: '9000417'
		},
		steps: []
	},
	{
		name: 'from-lapor-owed',
		office: 'mamuju',
		opening: {
			ago: 9,
			kind: 'complaint',
			title: 'Formulir permintaan data sulit ditemukan',
			body: 'Di situs kantor saya tidak menemukan formulir permintaan data mikro, hanya tautan yang tidak dapat dibuka.',
			category: 'procedure',
			identity: 'none',
			laporId: '9000352'
		},
		steps: [
			verify(8, 'procedure'),
			assign(8),
			answer(
				4,
				'Tautan formulir permintaan data mikro di situs sudah kami perbaiki. Formulirnya juga tersedia di loket konsultasi dan dapat diminta lewat WhatsApp kantor.'
			),
			approve(3)
		]
	},
	{
		name: 'from-lapor-done',
		office: 'sulbar',
		opening: {
			ago: 16,
			kind: 'complaint',
			title: 'Ruang tunggu tanpa kursi prioritas',
			body: 'Ruang tunggu layanan statistik tidak menyediakan kursi bagi lansia dan ibu hamil saat antrean panjang.',
			category: 'facilities',
			identity: 'none',
			laporId: '9000288'
		},
		steps: [
			verify(15, 'facilities'),
			assign(15),
			answer(9, 'Empat kursi prioritas sudah kami sediakan di ruang tunggu dan diberi tanda sejak pekan ini.'),
			approve(8),
			answerEntered(7)
		]
	}
];
