import { formatDate } from '#lib/calendar/format.ts';
import { actingRole } from '#lib/words/office.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { actionLabel } from '#lib/words/conversation.ts';
import { kindWord } from '#lib/words/cases.ts';
import type { Letter } from '#lib/server/cases/answers/letter.ts';
import { download } from '../http/file-response.ts';
import { makePdf, facts, footers, letterhead, replacedNote, rule, signatures, write, type Pdf } from './paper.ts';

export const letterResponse = async (letter: Letter, lang: Locale): Promise<Response> =>
	download(await letterPdf(letter, lang), 'application/pdf', letterName(letter));

export const letterName = ({ number }: Letter): string => `surat-jawaban-${number.replaceAll('/', '-')}.pdf`;

/** Draws the "Surat jawaban" on A4. Never contains the receipt. */
export function letterPdf(letter: Letter, lang: Locale): Promise<Buffer> {
	const { number, office } = letter;
	const title = `${m.answering_letter_title()} ${number}`;
	return makePdf({ margin: 64, lang, title, office }, (pdf) => {
		letterhead(pdf, office);
		facts(pdf, factsOf(letter, lang), { term: 76, size: 10.5 });
		pdf.moveDown(1);
		write(pdf, m.answering_letter_to(), { size: 10.5 });
		write(pdf, letter.to ?? m.answering_letter_to_reporter(), { bold: true, size: 10.5 }).moveDown(1);
		words(pdf, letter);
		signed(pdf, letter);
		rule(pdf, 0.5);
		pdf.moveDown(0.6);
		const { disputableUntil: until } = letter;
		const note = { size: 9, soft: true };
		if (until)
			write(pdf, m.answering_letter_dispute({ date: formatDate(until, office.timeZone, lang) }), note).moveDown(0.3);
		write(pdf, m.term_way_out(), note);
		replacedNote(pdf, lang);
		if (pdf.bufferedPageRange().count > 1)
			footers(pdf, (page, count) => m.answering_letter_page({ number, page, count }));
	});
}

function factsOf(letter: Letter, lang: Locale): [string, string | null][] {
	const { at, receivedAt, reference, kind, title, files, office } = letter;
	const subjectText = letter.final ? m.answering_letter_subject_final : m.answering_letter_subject_text;
	const subject = subjectText({ kind: kindWord(kind).toLocaleLowerCase(lang) });
	const received = formatDate(receivedAt, office.timeZone, lang);
	return [
		[m.common_number(), letter.number],
		[m.common_date(), formatDate(at, office.timeZone, lang)],
		[m.term_case(), m.answering_letter_reference_text({ reference, date: received })],
		[m.answering_letter_subject(), title ? `${subject}: ${title}` : subject],
		[m.common_attachments(), files > 0 ? m.answering_letter_files_count({ count: files }) : null]
	];
}

function words(pdf: Pdf, letter: Letter): void {
	const text = { size: 10.5, lineGap: 2.5 };
	write(pdf, letter.body, text);
	if (letter.action) {
		pdf.moveDown(0.8);
		write(pdf, actionLabel(letter.actionOn), { ...text, bold: true });
		write(pdf, letter.action, text);
	}
	pdf.moveDown(1.4);
}

/** The writer alone if no second person was needed, else writer and approver side by side. */
function signed(pdf: Pdf, { signers, singleSignature, office }: Letter): void {
	const people: typeof signers = signers.length > 0 ? signers : [{ name: office.name, position: null }];
	const parts = [m.common_written_by(), m.answering_letter_approver()];
	signatures(
		pdf,
		people.map(({ name, position, acting }, index) => ({
			part: parts[index] ?? '',
			name,
			lines: [
				acting ? m.acting_by_order({ what: actingRole(acting.kind, 'supervisor'), order: acting.order }) : null,
				position
			]
		}))
	);
	const note = { size: 9, soft: true };
	if (singleSignature) write(pdf, m.citizen_case_single_signature(), note);
	write(pdf, m.answering_letter_signed(), note).moveDown(1.4);
}
