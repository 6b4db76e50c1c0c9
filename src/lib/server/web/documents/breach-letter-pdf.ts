import { formatDate } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { now } from '#lib/server/clock.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import type { BreachLetter } from '#lib/server/privacy/breaches/letters.ts';
import { facts, footers, letterhead, makePdf, replacedNote, signatures, write } from './paper.ts';

/** Draws a letter about a breach on A4, in Indonesian, for a signature by hand. */
export function breachLetterPdf({ office, formattedNumber, addressee, body, sentAt }: BreachLetter): Promise<Buffer> {
	return inLocale('id', () => {
		const title = m.breach_pdf_subject_text();
		return makePdf({ margin: 64, lang: 'id', title: `${title} ${formattedNumber}`, office }, (pdf) => {
			const text = { size: 10.5, lineGap: 2.5 };
			letterhead(pdf, office);
			const rows: [string, string][] = [
				[m.common_number(), formattedNumber],
				[m.common_date(), formatDate(sentAt ?? now(), office.timeZone)],
				[m.breach_pdf_subject(), title]
			];
			facts(pdf, rows, { term: 76, size: 10.5 });
			write(pdf.moveDown(1), m.answering_letter_to(), text);
			write(pdf, addressee, { ...text, bold: true }).moveDown(1);
			write(pdf, body, text).moveDown(2);
			signatures(pdf, [{ part: office.name, name: '\n\n\n................................' }], 1);
			replacedNote(pdf, 'id');
			footers(pdf, (page, count) => m.breach_pdf_page({ number: formattedNumber, page, count }));
		});
	});
}
