import PdfKit from 'pdfkit';
import { printable } from '#lib/server/places/sheet-text.ts';

export const INK = '#1c1a17';
export const SOFT = '#5d574d';
const LINE = '#b9b2a6';

export type Pdf = PDFKit.PDFDocument;

export interface Paper {
	size?: 'A4' | 'A5';
	margin: number;
	lang: 'id' | 'en';
	title: string;
	author: string;
}

/** A document in the fonts every reader has, as `draw` draws it. */
export function drawn({ size = 'A4', margin, lang, title, author }: Paper, draw: (pdf: Pdf) => void): Promise<Buffer> {
	const pdf = new PdfKit({
		size,
		margin,
		bufferPages: true,
		lang,
		displayTitle: true,
		info: { Title: title, Author: author, Creator: 'SPATULA', Producer: 'SPATULA' }
	});
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
		pdf.on('error', reject);
		pdf.on('end', () => resolve(Buffer.concat(chunks)));
		draw(pdf);
		pdf.end();
	});
}

/** A document as a download; nobody between here and the reader keeps it. */
export function pdfResponse(bytes: Buffer, name: string): Response {
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': 'application/pdf',
			'content-disposition': `attachment; filename="${name}.pdf"`,
			'cache-control': 'private, no-store',
			'x-content-type-options': 'nosniff'
		}
	});
}

/** Somebody's words, line by line as they were written. */
export const lines = (text: string) => text.split('\n').map(printable).join('\n');

export const left = (pdf: Pdf) => pdf.page.margins.left;
export const innerWidth = (pdf: Pdf) => pdf.page.width - pdf.page.margins.left - pdf.page.margins.right;
const bottom = (pdf: Pdf) => pdf.page.height - pdf.page.margins.bottom;

export function rule(pdf: Pdf, weight: number, color = INK): void {
	pdf
		.moveTo(left(pdf), pdf.y)
		.lineTo(left(pdf) + innerWidth(pdf), pdf.y)
		.lineWidth(weight)
		.stroke(color);
}

/** Begins another page where less than `points` are left on this one. */
export function room(pdf: Pdf, points: number): void {
	if (pdf.y > bottom(pdf) - points) pdf.addPage();
}

export interface HeadOffice {
	name: string;
	address: string | null;
	phone: string | null;
	email: string | null;
}

/** The office's name over its address, and a line under both. */
export function letterhead(pdf: Pdf, office: HeadOffice): void {
	const reach = [office.phone, office.email].filter((line) => line !== null);
	pdf.font('Helvetica-Bold').fontSize(15).fillColor(INK).text(printable(office.name), { align: 'center' });
	pdf.font('Helvetica').fontSize(9).fillColor(SOFT);
	if (office.address) pdf.text(printable(office.address), { align: 'center' });
	if (reach.length > 0) pdf.text(reach.map(printable).join('  ·  '), { align: 'center' });
	pdf.moveDown(0.6);
	rule(pdf, 1.5);
	pdf.moveDown(1.2);
}

/** Terms beside their details; what has no detail is left out. */
export function facts(
	pdf: Pdf,
	rows: readonly (readonly [term: string, detail: string | null | undefined])[],
	termWidth: number
): void {
	for (const [term, detail] of rows) {
		if (!detail) continue;
		room(pdf, 30);
		const y = pdf.y;
		pdf
			.font('Helvetica')
			.fontSize(9.5)
			.fillColor(SOFT)
			.text(printable(term), left(pdf), y, { width: termWidth - 10 });
		const below = pdf.y;
		pdf.fillColor(INK).text(lines(detail), left(pdf) + termWidth, y, { width: innerWidth(pdf) - termWidth });
		pdf.y = Math.max(pdf.y, below) + 3;
	}
	pdf.x = left(pdf);
}

export interface PaperTable {
	/** `width`: how wide beside each other. */
	columns: readonly { label: string; width: number; numeric?: boolean }[];
	rows: readonly { cells: readonly string[]; total?: boolean }[];
}

const PAD = 3;
const CELL = 8.5;
const HEAD = 7;

/**
 * A table over as many pages as it needs: each begins with its head, no row is cut, numbers stand right. The figures of
 * the standard font are all of one width.
 */
export function drawTable(pdf: Pdf, { columns, rows }: PaperTable): void {
	const whole = columns.reduce((sum, { width }) => sum + width, 0);
	const widths = columns.map(({ width }) => (width / whole) * innerWidth(pdf));
	const starts = widths.map((_, index) => left(pdf) + widths.slice(0, index).reduce((sum, width) => sum + width, 0));
	const font = (bold: boolean, size: number) => pdf.font(bold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size);
	const boxOf = (index: number) => ({
		width: (widths[index] ?? 0) - 2 * PAD,
		align: columns[index]?.numeric ? ('right' as const) : ('left' as const)
	});
	const heightOf = (cells: readonly string[]) =>
		Math.max(...cells.map((text, index) => pdf.heightOfString(text || ' ', boxOf(index)))) + 2 * PAD;
	const row = (cells: readonly string[], color: string, y: number, foot: boolean) => {
		const height = heightOf(cells);
		cells.forEach((text, index) => {
			const above = foot ? height - 2 * PAD - pdf.heightOfString(text || ' ', boxOf(index)) : 0;
			pdf.fillColor(color).text(text, (starts[index] ?? 0) + PAD, y + PAD + above, boxOf(index));
		});
		pdf.y = y + height;
		rule(pdf, 0.5, LINE);
	};
	const labels = columns.map(({ label }) => printable(label));
	const head = () => {
		font(true, HEAD);
		row(labels, SOFT, pdf.y, true);
	};
	head();
	for (const { cells, total = false } of rows) {
		const texts = cells.map(lines);
		font(total, CELL);
		if (pdf.y + heightOf(texts) > bottom(pdf)) {
			pdf.addPage();
			head();
			font(total, CELL);
		}
		row(texts, INK, pdf.y, false);
	}
	pdf.x = left(pdf);
}

/** A line in the lower margin of every page from `first` on: sheets that come apart are put together again by it. */
export function feet(pdf: Pdf, words: (page: number, count: number) => string, first = 0): void {
	const { count } = pdf.bufferedPageRange();
	for (let page = first; page < count; page += 1) {
		pdf.switchToPage(page);
		const below = bottom(pdf) + pdf.page.margins.bottom / 2 - 4;
		// Written into the margin, which would otherwise begin another page.
		pdf.page.margins.bottom = 0;
		pdf.font('Helvetica').fontSize(8).fillColor(SOFT);
		pdf.text(printable(words(page + 1 - first, count - first)), left(pdf), below, {
			width: innerWidth(pdf),
			align: 'right',
			lineBreak: false
		});
	}
}
