import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import { fileSize } from '#lib/text/file-size.ts';
import { m } from '#lib/paraglide/messages.js';
import { timelineWord } from '#lib/words/timeline.ts';
import { speaker } from '#lib/words/voices.ts';
import { categoryWord, channelWord, identityWord, kindWord } from '#lib/words/cases.ts';
import { pagePictures } from '#lib/server/attachments/picture-pdf.ts';
import type { SealedDossier } from '#lib/server/cases/sealed.ts';
import { printable } from '#lib/server/places/sheet-text.ts';
import { drawn, drawTable, facts, feet, INK, lines, SOFT, type Pdf } from './paper.ts';

const MARGIN = 56;
/** Around a page of a document, which has margins of its own. */
const SHEET_MARGIN = 28;

/**
 * The dossier for the Inspektorat: a cover that says nothing of the matter, then everything of the report, a list of its
 * files, and each of them: photos on pages of their own, documents page by page behind a sheet with their name.
 */
export async function sealedPdf(dossier: SealedDossier, at: Date, lang: 'id' | 'en'): Promise<Buffer> {
	const { shown, printedBy } = dossier;
	const files = await Promise.all(dossier.files.map(asPrinted));
	return drawn({ margin: MARGIN, lang, title: m.case_sealed_secret(), author: shown.handlingUnit }, (pdf) => {
		drawCover(pdf, shown, formatDate(at, shown.unit.timeZone, lang));
		drawReport(pdf, shown, lang);
		drawFiles(pdf, files, lang);
		for (const file of files) {
			if (file.photo) drawPhoto(pdf, file.name, file.photo);
			if (file.pictures.length > 0) drawSheet(pdf, file, lang);
			for (const picture of file.pictures) drawPicture(pdf, picture);
		}
		const foot = m.case_sealed_foot({ name: printedBy, at: formatDateTime(at, shown.unit.timeZone, lang) });
		// On every page but the cover.
		feet(pdf, (page, count) => `${m.case_sealed_secret()} · ${foot} · ${page}/${count}`, 1);
	});
}

type SealedFile = SealedDossier['files'][number];

/** How a file gets onto paper: as a photo or as pictures of pages; as neither where it is gone or can't be drawn. */
async function asPrinted(file: SealedFile) {
	const { content, mediaType } = file;
	const photo = mediaType.startsWith('image/') ? content : null;
	const read = content && mediaType === 'application/pdf' ? await pagePictures(content) : undefined;
	const pictures = read && 'pages' in read ? read.pages.map(({ jpeg }) => jpeg) : [];
	return { ...file, photo, pictures, pages: photo ? 1 : pictures.length };
}
type PrintedFile = Awaited<ReturnType<typeof asPrinted>>;

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
		small(
			pdf,
			[speaker({ author, name }), formatDateTime(at, zone, lang), told ? '' : m.case_sealed_note()]
				.filter(Boolean)
				.join(' · ')
		);
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

/** All of them, so that none is missed which is not among the pages. */
function drawFiles(pdf: Pdf, files: readonly PrintedFile[], lang: 'id' | 'en'): void {
	if (files.length === 0) return;
	heading(pdf, m.rekap_case_file_files());
	drawTable(pdf, {
		columns: [
			{ label: m.rekap_case_file_name(), width: 3 },
			{ label: m.rekap_case_file_size(), width: 1.2, numeric: true },
			{ label: m.rekap_case_file_hash(), width: 4.4 },
			{ label: m.case_sealed_file_where(), width: 2.2 }
		],
		rows: files.map(({ name, bytes, sha256, pages }) => ({
			cells: [
				name,
				fileSize(bytes, lang),
				sha256,
				pages > 0 ? m.case_sealed_file_pages({ count: pages }) : m.case_sealed_file_apart()
			]
		}))
	});
}

/** What a document's own pages don't say: which file they are, and how many. */
function drawSheet(pdf: Pdf, { name, bytes, sha256, pages }: PrintedFile, lang: 'id' | 'en'): void {
	pdf.addPage();
	heading(pdf, name);
	small(pdf, `${fileSize(bytes, lang)} · ${m.rekap_case_file_hash()} ${sha256}`);
	pdf.moveDown(1);
	words(pdf, m.case_sealed_document({ count: pages }));
}

/** A page of a document, over the whole sheet: the foot alone is added to it. */
function drawPicture(pdf: Pdf, bytes: Buffer): void {
	pdf.addPage();
	const room: [number, number] = [pdf.page.width - 2 * SHEET_MARGIN, pdf.page.height - 2 * MARGIN];
	pdf.image(bytes, SHEET_MARGIN, SHEET_MARGIN, { fit: room, align: 'center' });
}

/** A page for each, fitted. */
function drawPhoto(pdf: Pdf, name: string, bytes: Buffer): void {
	pdf.addPage();
	small(pdf, name);
	const room: [number, number] = [pdf.page.width - 2 * MARGIN, pdf.page.height - 2 * MARGIN - 40];
	pdf.image(bytes, MARGIN, pdf.y + 8, { fit: room });
}
