import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { kindWord } from '#lib/words/cases.ts';
import type { Acknowledgement } from '#lib/server/cases/acknowledge.ts';
import { printable } from '#lib/server/places/sheet-text.ts';
import { drawn, INK, lines, SOFT, type Pdf } from './paper.ts';

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
	const title = m.citizen_proof_title();
	return drawn({ size: 'A5', margin: MARGIN, lang, title, author: unit.name }, (pdf) => draw(pdf, rows));
}

function draw(pdf: Pdf, rows: readonly [string, string][]): void {
	const width = pdf.page.width - 2 * MARGIN;
	pdf.font('Helvetica').fontSize(9).fillColor(SOFT).text('SPATULA');
	pdf.font('Helvetica-Bold').fontSize(18).fillColor(INK).text(printable(m.citizen_proof_title()));
	pdf.moveDown(0.8);
	for (const [label, value] of rows) {
		const y = pdf.y;
		pdf
			.moveTo(MARGIN, y)
			.lineTo(MARGIN + width, y)
			.lineWidth(0.5)
			.stroke('#b9b2a6');
		pdf.font('Helvetica').fontSize(9).fillColor(SOFT);
		pdf.text(printable(label), MARGIN, y + 7, { width: LABEL_WIDTH });
		pdf.font('Helvetica-Bold').fontSize(10.5).fillColor(INK);
		pdf.text(lines(value), MARGIN + LABEL_WIDTH, y + 6, { width: width - LABEL_WIDTH });
		pdf.y += 6;
	}
	pdf.moveDown(1);
	pdf.font('Helvetica').fontSize(9).fillColor(SOFT).text(printable(m.citizen_proof_note()), MARGIN, pdf.y, { width });
}
