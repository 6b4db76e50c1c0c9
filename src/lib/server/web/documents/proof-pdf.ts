import { formatDate, formatDateTimeOffset } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { isTrialReference } from '#lib/text/reference-numbers.ts';
import { kindWord } from '#lib/words/cases.ts';
import { promisedDate } from '#lib/words/clock.ts';
import type { ReceiptPageFacts } from '#lib/server/cases/receipt-page.ts';
import { drawLogo, makePdf, facts, hairline, replacedNote, write } from './paper.ts';

/**
 * "Tanda terima laporan" on A5: office, date, number, summary, promise and where to track the report, never the receipt.
 * @param address where the reporter types the receipt
 */
export function proofPdf(report: ReceiptPageFacts, lang: Locale, address: string): Promise<Buffer> {
	const { unit } = report;
	const title = m.citizen_proof_title();
	const { promisedAt, provisional } = report;
	const promise = promisedAt
		? m.citizen_proof_promise_text({ date: promisedDate(formatDate(promisedAt, unit.timeZone, lang), provisional) })
		: m.citizen_proof_none();
	const rows: [string, string][] = [
		[m.term_reference(), report.reference],
		[m.citizen_case_office(), [unit.name, unit.address].filter(Boolean).join('\n')],
		[m.term_received(), formatDateTimeOffset(report.receivedAt, unit.timeZone, lang)],
		[m.common_kind(), kindWord(report.kind)],
		[m.citizen_proof_summary(), report.summary],
		[m.common_attachments(), m.citizen_proof_files_count({ count: report.files })],
		[m.citizen_proof_promise(), promise],
		[m.citizen_proof_answer(), m.citizen_receipt_how({ address })]
	];
	return makePdf({ size: 'A5', margin: 56, lang, title, office: unit }, (pdf) => {
		drawLogo(pdf, 'left');
		write(pdf, isTrialReference(report.reference) ? m.trial_mark() : 'SPATULA', { size: 9, soft: true });
		write(pdf, title, { bold: true, size: 18 }).moveDown(0.8);
		for (const row of rows) {
			hairline(pdf);
			pdf.y += 6;
			facts(pdf, [row], { term: 110, bold: true });
		}
		pdf.moveDown(1);
		write(pdf, m.citizen_proof_note(), { size: 9, soft: true });
		replacedNote(pdf, lang);
	});
}
