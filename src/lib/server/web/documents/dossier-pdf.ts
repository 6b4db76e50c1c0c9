import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import { fileSize } from '#lib/text/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { timelineWord } from '#lib/words/timeline.ts';
import { speaker } from '#lib/words/conversation.ts';
import { categoryWord, channelWord, identityWord, kindWord } from '#lib/words/cases.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import { pagePictures } from '#lib/server/attachments/picture-pdf.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { recordSealedPrint, sealedDossier, type SealedDossier } from '#lib/server/cases/sealed-dossier.ts';
import { now } from '#lib/server/clock.ts';
import type { Actor } from '#lib/server/people/actor.ts';
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

/** Bytes of the pictures in one document, which is in memory twice while it is made. Reporters may send far more. */
const MAX_PRINTED_BYTES = 100_000_000;

/** Several prints at once would need that memory several times. */
const onePrintAtATime = limitConcurrency(1);

type Shown = SealedDossier['shown'];

/** Makes a sealed print and records it. @throws NotAllowed as `sealedDossier` */
export const sealedPrint = (actor: Actor, reference: string, lang: Locale, limit?: number) =>
	onePrintAtATime(async () => {
		const dossier = await sealedDossier(actor, reference);
		const bytes = await dossierPdf(dossier, now(), lang, limit);
		await recordSealedPrint(actor, reference);
		return { bytes, reference: dossier.shown.reference };
	});

/**
 * The dossier for the Inspektorat: a cover without any detail of the case, then the whole report, the files, and a list
 * of them. Photos have a page each. Documents follow page by page after a sheet with their name. Files above `limit`
 * bytes together are only listed.
 */
async function dossierPdf(dossier: SealedDossier, at: Date, lang: Locale, limit = MAX_PRINTED_BYTES): Promise<Buffer> {
	const { shown, files, printedBy } = dossier;
	const { timeZone } = shown.unit;
	return makePdf(
		{ margin: MARGIN, lang, title: m.case_sealed_secret(), office: { name: shown.handlingUnit } },
		async (pdf) => {
			drawCover(pdf, shown, formatDate(at, timeZone, lang));
			drawReport(pdf, shown, lang);
			const listed: ListedFile[] = [];
			let left = limit;
			// One after the other, so that only one file is in memory beside the document.
			for (const file of files) {
				const printed = file.bytes > left ? undefined : await drawFile(pdf, file, lang);
				left -= printed?.bytes ?? 0;
				listed.push({ ...file, pages: printed?.pages });
			}
			drawList(pdf, listed, lang);
			replacedNote(pdf, lang);
			const foot = m.case_sealed_foot({ name: printedBy, at: formatDateTime(at, timeZone, lang) });
			// On every page but the cover.
			footers(pdf, (page, count) => `${m.case_sealed_secret()} · ${foot} · ${page}/${count}`, 1);
		}
	);
}

type SealedFile = SealedDossier['files'][number];

/** `pages`: 0 for a file that is lost or can't be rendered; undefined if it is printed separately. */
type ListedFile = SealedFile & { pages: number | undefined };

/** Draws a file as a photo, as pictures of its pages, or not at all if it is lost or can't be rendered. */
async function drawFile(pdf: Pdf, file: SealedFile, lang: Locale): Promise<{ pages: number; bytes: number }> {
	const content = await fileStore().read(file.id);
	if (content && file.mediaType.startsWith('image/')) {
		drawPhoto(pdf, file.name, content);
		return { pages: 1, bytes: content.length };
	}
	const read = content && file.mediaType === 'application/pdf' ? await pagePictures(content) : undefined;
	const pictures = read && 'pages' in read ? read.pages.map(({ jpeg }) => jpeg) : [];
	if (pictures.length > 0) drawSheet(pdf, file, pictures.length, lang);
	for (const picture of pictures) drawPicture(pdf, picture);
	return { pages: pictures.length, bytes: pictures.reduce((sum, { length }) => sum + length, 0) };
}

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
		small(pdf, joined(speaker({ author, name }), time(at), told ? '' : m.recap_case_file_note()));
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
function drawList(pdf: Pdf, files: readonly ListedFile[], lang: Locale): void {
	if (files.length === 0) return;
	pdf.addPage();
	heading(pdf, m.common_attachments(), 12);
	drawTable(pdf, {
		columns: [
			{ label: m.common_name(), width: 3 },
			{ label: m.common_size(), width: 1.2, numeric: true },
			{ label: m.recap_case_file_hash(), width: 4.4 },
			{ label: m.case_sealed_file_where(), width: 2.2 }
		],
		rows: files.map(({ name, bytes, sha256, pages }) => {
			return { cells: [name, fileSize(bytes, lang), sha256, whereIs(pages)] };
		})
	});
}

function whereIs(pages: ListedFile['pages']): string {
	if (pages === undefined) return m.case_sealed_file_separate();
	return pages > 0 ? m.case_sealed_file_pages({ count: pages }) : m.case_sealed_file_apart();
}

/** Draws the sheet before a document's pages, with the file's name and number of pages. */
function drawSheet(pdf: Pdf, { name, bytes, sha256 }: SealedFile, pages: number, lang: Locale): void {
	pdf.addPage();
	heading(pdf, name, 12);
	small(pdf, `${fileSize(bytes, lang)} · ${m.recap_case_file_hash()} ${sha256}`);
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
