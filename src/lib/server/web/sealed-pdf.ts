import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { timelineWord } from '#lib/ui/timeline-words.ts';
import { categoryWord, channelWord, identityWord, kindWord } from '#lib/ui/words.ts';
import type { SealedDossier } from '../cases/sealed.ts';
import { printable } from '../places/sheet-text.ts';
import { drawn, facts, feet, INK, lines, SOFT, type Pdf } from './paper.ts';

const MARGIN = 56;

/** The dossier for the Inspektorat: a cover that says nothing of the matter, then everything of the report. */
export function sealedPdf({ shown, photos, printedBy }: SealedDossier, at: Date, lang: 'id' | 'en'): Promise<Buffer> {
	return drawn({ margin: MARGIN, lang, title: m.case_sealed_secret(), author: shown.handlingUnit }, (pdf) => {
		drawCover(pdf, shown, formatDate(at, shown.unit.timeZone, lang));
		drawReport(pdf, shown, lang);
		for (const photo of photos) drawPhoto(pdf, photo);
		const foot = m.case_sealed_foot({ name: printedBy, at: formatDateTime(at, shown.unit.timeZone, lang) });
		// On every page but the cover.
		feet(pdf, (page, count) => `${m.case_sealed_secret()} · ${foot} · ${page}/${count}`, 1);
	});
}

function drawCover(pdf: Pdf, shown: SealedDossier['shown'], day: string): void {
	const width = pdf.page.width - 2 * MARGIN;
	const line = (text: string, size: number, bold = false) =>
		pdf
			.font(bold ? 'Helvetica-Bold' : 'Helvetica', size)
			.fillColor(INK)
			.text(printable(text), { align: 'center', width });
	pdf
		.rect(MARGIN, MARGIN, width, pdf.page.height - 2 * MARGIN)
		.lineWidth(1.5)
		.stroke(INK);
	pdf.y = 230;
	line(m.case_sealed_secret(), 34, true);
	pdf.moveDown(1.5);
	line(m.case_sealed_to(), 18);
	pdf.moveDown(3);
	line(m.case_sealed_open(), 12);
	pdf.moveDown(6);
	line(shown.handlingUnit, 12);
	line(shown.reference, 12);
	line(day, 12);
}

function drawReport(pdf: Pdf, shown: SealedDossier['shown'], lang: 'id' | 'en'): void {
	const zone = shown.unit.timeZone;
	pdf.addPage();
	heading(pdf, shown.title ?? shown.reference, 16);
	facts(
		pdf,
		[
			[m.term_reference(), shown.reference],
			[m.citizen_proof_office(), shown.unit.name],
			[
				m.citizen_proof_kind(),
				[kindWord(shown.kind), shown.category && categoryWord(shown.category)].filter(Boolean).join(' · ')
			],
			[m.desk_fact_received(), `${formatDateTime(shown.receivedAt, zone, lang)} · ${channelWord(shown.channel)}`],
			[m.term_place(), shown.place],
			[m.desk_officers(), shown.named.map(({ name }) => name).join(', ')],
			[m.desk_fact_identity(), identityWord(shown.identity, 'staff')],
			[m.desk_fact_name(), shown.reporter?.name],
			[m.desk_fact_phone(), shown.reporter?.phone],
			[m.desk_fact_email(), shown.reporter?.email]
		],
		140
	);
	heading(pdf, m.case_sealed_words());
	words(pdf, shown.body);
	if (shown.requestedSolution) words(pdf, shown.requestedSolution);
	if (shown.conversation.length > 0) heading(pdf, m.case_sealed_said());
	for (const { author, name, at, body, public: told } of shown.conversation) {
		const by = author === 'reporter' ? m.party_reporter() : (name ?? m.party_office());
		small(pdf, [by, formatDateTime(at, zone, lang), told ? '' : m.case_sealed_note()].filter(Boolean).join(' · '));
		words(pdf, body);
	}
	if (shown.clarifications.length > 0) heading(pdf, m.case_clarify_panel());
	for (const { officer, question, answer } of shown.clarifications) {
		small(pdf, officer);
		words(pdf, question);
		if (answer) words(pdf, answer);
	}
	heading(pdf, m.desk_history());
	for (const { type, at, actorName } of shown.timeline) {
		small(pdf, [formatDateTime(at, zone, lang), timelineWord(type, 'staff'), actorName].filter(Boolean).join(' · '));
	}
}

function heading(pdf: Pdf, text: string, size = 12): void {
	pdf.moveDown(1).font('Helvetica-Bold', size).fillColor(INK).text(printable(text), MARGIN).moveDown(0.4);
}

function small(pdf: Pdf, text: string): void {
	pdf.font('Helvetica', 9).fillColor(SOFT).text(printable(text), MARGIN);
}

function words(pdf: Pdf, text: string): void {
	pdf.font('Helvetica', 10.5).fillColor(INK).text(lines(text), MARGIN).moveDown(0.6);
}

/** A page for each, fitted. */
function drawPhoto(pdf: Pdf, { name, bytes }: SealedDossier['photos'][number]): void {
	pdf.addPage();
	small(pdf, name);
	const room: [number, number] = [pdf.page.width - 2 * MARGIN, pdf.page.height - 2 * MARGIN - 40];
	pdf.image(Buffer.from(bytes), MARGIN, pdf.y + 8, { fit: room });
}
