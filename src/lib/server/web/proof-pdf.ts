import PdfKit from 'pdfkit';
import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { kindWord } from '#lib/ui/words.ts';
import type { Acknowledgement } from '../cases/acknowledge.ts';
import { printable } from '../places/sheet-text.ts';

const MARGIN = 56;
const LABEL_WIDTH = 110;

/** "Tanda terima laporan": office, date, number, summary and promise, never the receipt. Standard fonts, one page. */
export function proofPdf(told: Acknowledgement, lang: 'id' | 'en'): Promise<Buffer> {
	const { unit } = told;
	const rows: [string, string][] = [
		[m.term_reference(), told.reference],
		[m.citizen_proof_office(), [unit.name, unit.address].filter(Boolean).join('\n')],
		[m.citizen_proof_received(), formatDateTime(told.receivedAt, unit.timeZone, lang)],
		[m.citizen_proof_kind(), kindWord(told.kind)],
		[m.citizen_proof_summary(), told.summary],
		[m.citizen_proof_files(), m.citizen_proof_files_count({ count: told.files })],
		[
			m.citizen_proof_promise(),
			told.promisedAt
				? m.citizen_proof_promise_text({ date: formatDate(told.promisedAt, unit.timeZone, lang) })
				: m.citizen_proof_none()
		]
	];
	const pdf = new PdfKit({
		size: 'A5',
		margin: MARGIN,
		lang,
		displayTitle: true,
		info: { Title: m.citizen_proof_title(), Author: unit.name, Creator: 'SPATULA', Producer: 'SPATULA' }
	});
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
		pdf.on('error', reject);
		pdf.on('end', () => resolve(Buffer.concat(chunks)));
		draw(pdf, rows);
		pdf.end();
	});
}

function draw(pdf: PDFKit.PDFDocument, rows: readonly [string, string][]): void {
	const width = pdf.page.width - 2 * MARGIN;
	pdf.font('Helvetica').fontSize(9).fillColor('#5d574d').text('SPATULA');
	pdf.font('Helvetica-Bold').fontSize(18).fillColor('#1c1a17').text(printable(m.citizen_proof_title()));
	pdf.moveDown(0.8);
	for (const [label, value] of rows) {
		const y = pdf.y;
		const text = value.split('\n').map(printable).join('\n');
		pdf
			.moveTo(MARGIN, y)
			.lineTo(MARGIN + width, y)
			.lineWidth(0.5)
			.stroke('#b9b2a6');
		pdf.font('Helvetica').fontSize(9).fillColor('#5d574d');
		pdf.text(printable(label), MARGIN, y + 7, { width: LABEL_WIDTH });
		pdf.font('Helvetica-Bold').fontSize(10.5).fillColor('#1c1a17');
		pdf.text(text, MARGIN + LABEL_WIDTH, y + 6, { width: width - LABEL_WIDTH });
		pdf.y += 6;
	}
	pdf.moveDown(1);
	pdf
		.font('Helvetica')
		.fontSize(9)
		.fillColor('#5d574d')
		.text(printable(m.citizen_proof_note()), MARGIN, pdf.y, { width });
}
