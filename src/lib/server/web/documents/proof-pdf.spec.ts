import { expect, test } from 'vitest';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import type { ReceiptPageFacts } from '#lib/server/cases/receipt-page.ts';
import { proofPdf } from './proof-pdf.ts';

const report: ReceiptPageFacts = {
	reference: 'SPATULA-7604-26-000123',
	kind: 'complaint',
	files: 1,
	receivedAt: new Date('2026-11-30T03:00:00Z'),
	promisedAt: new Date('2026-12-05T03:00:00Z'),
	provisional: true,
	summary: 'Mesin antrean mati',
	renewable: false,
	steps: [],
	unit: {
		name: 'BPS Kabupaten Mamuju',
		slug: 'mamuju',
		accent: '#0b5cad',
		timeZone: 'Asia/Makassar',
		address: 'Jalan Contoh 1, Mamuju',
		phone: null,
		whatsapp: null,
		email: null,
		website: null,
		path: '',
		logo: null,
		hours: { usual: { start: '08:00', end: '15:30' }, friday: null, until: '15:30', next: null }
	}
};

test('the proof is one page that says which office received the report and where to track it', async () => {
	const pages = await wordsOfPages(await proofPdf(report, 'id', 'spatula.contoh.go.id/lacak'));
	expect(pages).toHaveLength(1);
	for (const part of [
		'BPS Kabupaten Mamuju',
		'Jalan Contoh 1, Mamuju',
		'SPATULA-7604-26-000123',
		'Balasan pertama paling lambat Sabtu, 5 Desember 2026 (tanggal sementara)',
		'Melihat jawaban',
		'buka spatula.contoh.go.id/lacak lalu ketik kode rahasia'
	])
		expect(pages[0]).toContain(part);
});
