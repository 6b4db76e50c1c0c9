import { describe, expect, it } from 'vitest';
import { REPORTER_MAIL_KINDS, composeReporterMail, type MailFacts } from './compose-mail.ts';

const FACTS: MailFacts = {
	reference: 'SPATULA-7604-26-000123',
	office: { name: 'BPS Kabupaten Contoh', zone: 'Asia/Makassar' },
	acceptsReplies: false,
	origin: 'https://spatula.contoh.go.id',
	unsubscribeLink: 'https://spatula.contoh.go.id/surel/abc'
};
const BY = new Date('2026-12-04T08:00:00Z');

describe('an e-mail to a reporter', () => {
	it('has the number, the office, the event, the deadline, how to read more and how to unsubscribe', () => {
		const { subject, body } = composeReporterMail({ kind: 'question', by: BY }, FACTS, 'id');
		expect(subject).toBe('Laporan SPATULA-7604-26-000123: kami perlu keterangan dari Anda');
		expect(body).toBe(`Yth. Pelapor,

Kantor menanyakan sesuatu agar laporan Anda dapat ditangani. Laporan menunggu jawaban Anda.

Nomor laporan: SPATULA-7604-26-000123
Kantor: BPS Kabupaten Contoh
Mohon dijawab paling lambat: Jumat, 4 Desember 2026, 16.00 WITA. Bila tidak dijawab, laporan ditutup, dan kami memberi tahu sampai kapan Anda masih dapat melengkapinya.

Buka https://spatula.contoh.go.id/lacak lalu masukkan kode rahasia laporan Anda. Kode itu tidak pernah kami kirim atau tanyakan lewat e-mail.

--
E-mail ini dibuat otomatis. Isi laporan tidak dimuat di sini.
Balasan atas e-mail ini tidak dibaca.
Tidak ingin menerima e-mail seperti ini? https://spatula.contoh.go.id/surel/abc
`);
	});

	it('is in the reporter’s language and links to the site in that language', () => {
		const { subject, body } = composeReporterMail({ kind: 'answered', by: BY }, FACTS, 'en');
		expect(subject).toBe('Report SPATULA-7604-26-000123: answered');
		expect(body).toContain('until: Friday, 4 December 2026, 16:00 WITA');
		expect(body).toContain('https://spatula.contoh.go.id/lacak?lang=en');
		expect(body).toContain('https://spatula.contoh.go.id/surel/abc?lang=en');
		expect(body).not.toMatch(/laporan|kantor/i);
	});

	it('marks a promised date that may still move', () => {
		const { body } = composeReporterMail({ kind: 'received', by: BY, provisional: true }, FACTS, 'id');
		expect(body).toContain('paling lambat: Jumat, 4 Desember 2026, 16.00 WITA (tanggal sementara)');
	});

	it('names the Ombudsman only if the office has no further step', () => {
		const named = REPORTER_MAIL_KINDS.filter((kind) =>
			composeReporterMail({ kind, by: BY }, FACTS, 'id').body.includes('Ombudsman')
		);
		expect(named).toEqual(['final', 'archived', 'objection_declined']);
	});

	it('ends with the office’s closing line', () => {
		const closing = 'Salam, Pelayanan Statistik Terpadu (WhatsApp 0811 0000 000)';
		const { body } = composeReporterMail({ kind: 'received', by: BY }, { ...FACTS, closing }, 'id');
		expect(body).toContain(`\n\n${closing}\n\n--\n`);
	});

	it.each(REPORTER_MAIL_KINDS)('has no unfilled placeholder in %s, with and without a date', (kind) => {
		for (const language of ['id', 'en'] as const) {
			for (const by of [BY, '2026-12-04', null, undefined]) {
				const { subject, body } = composeReporterMail({ kind, by }, FACTS, language);
				expect(subject + body).not.toMatch(/[{}]|undefined|null/);
			}
		}
	});
});
