import { formatDate } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { actionLabel } from '#lib/words/action.ts';
import { kindWord } from '#lib/words/cases.ts';
import type { Letter } from '#lib/server/cases/answers/letter.ts';
import { printable } from '#lib/server/places/sheet-text.ts';
import { drawn, feet, INK, innerWidth as width, letterhead, lines, rule, SOFT, type Pdf } from './paper.ts';

const MARGIN = 64;
const LABEL_WIDTH = 76;

/** Draws the "Surat jawaban" on A4 in standard PDF fonts. Never contains the receipt. */
export function letterPdf(letter: Letter, lang: 'id' | 'en'): Promise<Buffer> {
	const title = `${m.answering_letter_title()} ${letter.number}`;
	return drawn({ margin: MARGIN, lang, title, author: letter.office.name }, (pdf) => {
		letterhead(pdf, letter.office);
		facts(pdf, letter, lang);
		words(pdf, letter, lang);
		signatures(pdf, letter);
		wayOut(pdf);
		if (pdf.bufferedPageRange().count > 1)
			feet(pdf, (page, count) => m.answering_letter_page({ number: letter.number, page, count }));
	});
}

function facts(pdf: Pdf, letter: Letter, lang: 'id' | 'en'): void {
	const zone = letter.office.timeZone;
	const subject = m.answering_letter_subject_text({ kind: kindWord(letter.kind).toLocaleLowerCase(lang) });
	const rows: [string, string][] = [
		[m.answering_letter_number(), letter.number],
		[m.answering_letter_date(), formatDate(letter.at, zone, lang)],
		[
			m.answering_letter_reference(),
			m.answering_letter_reference_text({
				reference: letter.reference,
				date: formatDate(letter.receivedAt, zone, lang)
			})
		],
		[m.answering_letter_subject(), letter.title ? `${subject}: ${letter.title}` : subject]
	];
	if (letter.files > 0)
		rows.push([m.answering_letter_files(), m.answering_letter_files_count({ count: letter.files })]);
	for (const [label, value] of rows) {
		const y = pdf.y;
		pdf.font('Helvetica').fontSize(10.5).fillColor(SOFT).text(printable(label), MARGIN, y, { width: LABEL_WIDTH });
		pdf.fillColor(INK).text(printable(value), MARGIN + LABEL_WIDTH, y, { width: width(pdf) - LABEL_WIDTH });
		pdf.y += 3;
	}
	pdf.moveDown(1);
	pdf.x = MARGIN;
	pdf.text(printable(m.answering_letter_to()));
	pdf.font('Helvetica-Bold').text(printable(letter.to ?? m.answering_letter_to_reporter()));
	pdf.moveDown(1);
}

function words(pdf: Pdf, letter: Letter, lang: 'id' | 'en'): void {
	const text = { width: width(pdf), lineGap: 2.5 };
	pdf.font('Helvetica').fontSize(10.5).fillColor(INK).text(lines(letter.body), text);
	if (letter.action) {
		pdf.moveDown(0.8);
		pdf.font('Helvetica-Bold').text(printable(actionLabel(letter.actionOn, lang)), text);
		pdf.font('Helvetica').text(lines(letter.action), text);
	}
	pdf.moveDown(1.4);
}

/** Side by side where two signed; they are names on record, not drawn by hand. */
function signatures(pdf: Pdf, { signers, singleSignature, office }: Letter): void {
	const column = width(pdf) / 2;
	if (pdf.y > pdf.page.height - MARGIN - 150) pdf.addPage();
	const top = pdf.y;
	let bottom = top;
	// The writer alone if no second person was needed, else writer and approver.
	const people = signers.length > 0 ? signers : [{ name: office.name, position: null }];
	people.forEach(({ name, position }, index) => {
		const x = MARGIN + index * column;
		const room = { width: column - 16 };
		const part = index === 0 ? m.answering_letter_writer() : m.answering_letter_approver();
		pdf.font('Helvetica').fontSize(9).fillColor(SOFT).text(printable(part), x, top, room);
		pdf
			.font('Helvetica-Bold')
			.fontSize(10.5)
			.fillColor(INK)
			.text(printable(name), x, pdf.y + 2, room);
		if (position) pdf.font('Helvetica').fontSize(9).fillColor(SOFT).text(printable(position), x, pdf.y, room);
		bottom = Math.max(bottom, pdf.y);
	});
	pdf.x = MARGIN;
	pdf.y = bottom + 8;
	pdf.font('Helvetica').fontSize(9).fillColor(SOFT);
	if (singleSignature) pdf.text(printable(m.citizen_case_single_signature()), { width: width(pdf) });
	pdf.text(printable(m.answering_letter_signed()), { width: width(pdf) });
	pdf.moveDown(1.4);
}

function wayOut(pdf: Pdf): void {
	rule(pdf, 0.5);
	pdf.moveDown(0.6);
	pdf
		.font('Helvetica')
		.fontSize(9)
		.fillColor(SOFT)
		.text(printable(m.term_way_out()), MARGIN, pdf.y, { width: width(pdf) });
}
