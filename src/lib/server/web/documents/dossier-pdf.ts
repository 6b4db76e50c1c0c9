import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import { fileSize } from '#lib/text/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { timelineWord } from '#lib/words/timeline.ts';
import { speaker } from '#lib/words/conversation.ts';
import { categoryWord, channelWord, identityWord, kindWord } from '#lib/words/cases.ts';
import { pagePictures } from '#lib/server/attachments/picture-pdf.ts';
import type { SealedDossier } from '#lib/server/cases/sealed-dossier.ts';
import {
	makePdf,
	drawTable,
	facts,
	footers,
	heading,
	INK,
	joined,
	paragraph,
	replacedNote,
	small,
	write,
	type Pdf
} from './paper.ts';

const MARGIN = 56;
/** Margin around a page of an attached document, which has its own margins inside. */
const SHEET_MARGIN = 28;

type Shown = SealedDossier['shown'];

/**
 * The dossier for the Inspektorat: a cover without any detail of the case, then the whole report, a list of its files,
 * and the files. Photos have a page each. Documents follow page by page after a sheet with their name.
 */
export async function dossierPdf(dossier: SealedDossier, at: Date, lang: Locale): Promise<Buffer> {
	const { shown, printedBy } = dossier;
	const { timeZone } = shown.unit;
	const files = await Promise.all(dossier.files.map(asPrinted));
	return makePdf(
		{ margin: MARGIN, lang, title: m.case_sealed_secret(), office: { name: shown.handlingUnit } },
		(pdf) => {
			drawCover(pdf, shown, formatDate(at, timeZone, lang));
			drawReport(pdf, shown, lang);
			drawFiles(pdf, files, lang);
			replacedNote(pdf, lang);
			for (const file of files) {
				if (file.photo) drawPhoto(pdf, file.name, file.photo);
				if (file.pictures.length > 0) drawSheet(pdf, file, lang);
				for (const picture of file.pictures) drawPicture(pdf, picture);
			}
			const foot = m.case_sealed_foot({ name: printedBy, at: formatDateTime(at, timeZone, lang) });
			// On every page but the cover.
			footers(pdf, (page, count) => `${m.case_sealed_secret()} · ${foot} · ${page}/${count}`, 1);
		}
	);
}

type SealedFile = SealedDossier['files'][number];

/**
 * Prepares a file for printing: as a photo, as pictures of its pages, or as neither if it is lost or can't be rendered.
 */
async function asPrinted(file: SealedFile) {
	const { content, mediaType } = file;
	const photo = mediaType.startsWith('image/') ? content : null;
	const read = content && mediaType === 'application/pdf' ? await pagePictures(content) : undefined;
	const pictures = read && 'pages' in read ? read.pages.map(({ jpeg }) => jpeg) : [];
	return { ...file, photo, pictures, pages: photo ? 1 : pictures.length };
}
type PrintedFile = Awaited<ReturnType<typeof asPrinted>>;

function drawCover(pdf: Pdf, { handlingUnit, reference }: Shown, day: string): void {
	pdf
		.rect(MARGIN, MARGIN, pdf.page.width - 2 * MARGIN, pdf.page.height - 2 * MARGIN)
		.lineWidth(1.5)
		.stroke(INK);
	pdf.y = 230;
	write(pdf, m.case_sealed_secret(), { align: 'center', bold: true, size: 34 }).moveDown(1.5);
	write(pdf, m.case_sealed_to(), { align: 'center', size: 18 }).moveDown(3);
	write(pdf, m.case_sealed_open(), { align: 'center', size: 12 }).moveDown(6);
	for (const line of [handlingUnit, reference, day]) write(pdf, line, { align: 'center', size: 12 });
}

function drawReport(pdf: Pdf, shown: Shown, lang: Locale): void {
	const time = (at: Date) => formatDateTime(at, shown.unit.timeZone, lang);
	const { reporter } = shown;
	pdf.addPage();
	heading(pdf, shown.title ?? shown.reference, 16);
	facts(pdf, [
		[m.term_reference(), shown.reference],
		[m.citizen_case_office(), shown.unit.name],
		[m.common_kind(), joined(kindWord(shown.kind), shown.category && categoryWord(shown.category))],
		[m.term_received(), joined(time(shown.receivedAt), channelWord(shown.channel))],
		[m.term_place(), shown.place],
		[m.desk_officers(), shown.named.map(({ name }) => name).join(', ')],
		[m.desk_fact_identity(), identityWord(shown.identity, 'staff')],
		[m.common_name(), reporter?.name],
		[m.desk_fact_phone(), reporter?.phone],
		[m.common_email(), reporter?.email]
	]);
	heading(pdf, m.common_report_body(), 12);
	words(pdf, shown.body);
	if (shown.requestedSolution) words(pdf, shown.requestedSolution);
	if (shown.conversation.length > 0) heading(pdf, m.case_sealed_said(), 12);
	for (const { author, name, at, body, public: told } of shown.conversation) {
		small(pdf, joined(speaker({ author, name }), time(at), told ? '' : m.case_sealed_note()));
		words(pdf, body);
	}
	if (shown.clarifications.length > 0) heading(pdf, m.case_clarify_panel(), 12);
	for (const { officer, question, answer } of shown.clarifications) {
		small(pdf, officer);
		words(pdf, question);
		if (answer) words(pdf, answer);
	}
	heading(pdf, m.desk_history(), 12);
	for (const { type, at, actorName } of shown.timeline) small(pdf, joined(time(at), timelineWord(type), actorName));
}

const words = (pdf: Pdf, text: string) => paragraph(pdf, text, 10.5).moveDown(0.6);

/** Lists all files, so that the reader notices a file that could not be printed. */
function drawFiles(pdf: Pdf, files: readonly PrintedFile[], lang: Locale): void {
	if (files.length === 0) return;
	heading(pdf, m.common_attachments(), 12);
	drawTable(pdf, {
		columns: [
			{ label: m.common_name(), width: 3 },
			{ label: m.common_size(), width: 1.2, numeric: true },
			{ label: m.rekap_case_file_hash(), width: 4.4 },
			{ label: m.case_sealed_file_where(), width: 2.2 }
		],
		rows: files.map(({ name, bytes, sha256, pages }) => {
			const where = pages > 0 ? m.case_sealed_file_pages({ count: pages }) : m.case_sealed_file_apart();
			return { cells: [name, fileSize(bytes, lang), sha256, where] };
		})
	});
}

/** Draws the sheet before a document's pages, with the file's name and number of pages. */
function drawSheet(pdf: Pdf, { name, bytes, sha256, pages }: PrintedFile, lang: Locale): void {
	pdf.addPage();
	heading(pdf, name, 12);
	small(pdf, `${fileSize(bytes, lang)} · ${m.rekap_case_file_hash()} ${sha256}`);
	pdf.moveDown(1);
	words(pdf, m.case_sealed_document({ count: pages }));
}

function drawPicture(pdf: Pdf, bytes: Buffer): void {
	pdf.addPage();
	const available: [number, number] = [pdf.page.width - 2 * SHEET_MARGIN, pdf.page.height - 2 * MARGIN];
	pdf.image(bytes, SHEET_MARGIN, SHEET_MARGIN, { fit: available, align: 'center' });
}

function drawPhoto(pdf: Pdf, name: string, bytes: Buffer): void {
	pdf.addPage();
	small(pdf, name);
	const available: [number, number] = [pdf.page.width - 2 * MARGIN, pdf.page.height - 2 * MARGIN - 40];
	pdf.image(bytes, MARGIN, pdf.y + 8, { fit: available });
}
