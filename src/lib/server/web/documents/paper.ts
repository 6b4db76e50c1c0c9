import { buffer } from 'node:stream/consumers';
import PdfKit from 'pdfkit';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { formatNumber } from '#lib/text/numbers.ts';
import { logoPicture } from '#lib/server/people/units/logo.ts';
import { printableIn, withFonts } from '#lib/server/pdf-fonts.ts';

export const INK = '#1c1a17';
const SOFT = '#5d574d';
const LINE = '#b9b2a6';

const REGULAR = 'Regular';
export const BOLD = 'Bold';

export type Pdf = PDFKit.PDFDocument;

interface Paper {
	/** A format, or width and height in points. */
	size?: 'A4' | 'A5' | [number, number];
	margin: number;
	lang: Locale;
	title: string;
	/** The office that issues the document. `path`: prints the logo of this office or of the nearest one above. */
	office: { name: string; path?: string };
}

/** The logo of each document's office. */
const logos = new WeakMap<Pdf, Buffer>();

/** Makes a PDF with the content that `draw` draws, and embeds the font. */
export async function makePdf(
	{ size = 'A4', margin, lang, title, office }: Paper,
	draw: (pdf: Pdf) => void | Promise<void>
): Promise<Buffer> {
	const logo = office.path ? await logoPicture({ path: office.path }) : null;
	const pdf = new PdfKit({
		size,
		margin,
		bufferPages: true,
		lang,
		displayTitle: true,
		info: { Title: title, Author: office.name, Creator: 'SPATULA', Producer: 'SPATULA' }
	});
	if (logo) logos.set(pdf, logo);
	withFonts(pdf);
	const written = buffer(pdf);
	await draw(pdf);
	pdf.end();
	return written;
}

/** A document with the office's name, its title, and `foot` with the page at the bottom of each page. */
export function titledPdf(
	{ office, title, lang, margin = 48 }: { office: HeadOffice; title: string; lang: Locale; margin?: number },
	draw: (pdf: Pdf) => void,
	foot: (page: number, count: number) => string
): Promise<Buffer> {
	return makePdf({ margin, lang, title, office }, (pdf) => {
		letterhead(pdf, office, title);
		pdf.moveDown(0.8);
		draw(pdf);
		replacedNote(pdf, lang);
		footers(pdf, foot);
	});
}

export const yesNo = (value: boolean) => (value ? m.common_yes() : m.common_no());

const replaced = new WeakMap<Pdf, number>();

/** The text as the document's current font can print it. Counts the replaced characters for `replacedNote`. */
const printable = (pdf: Pdf, text: string) =>
	printableIn(pdf, text, () => replaced.set(pdf, (replaced.get(pdf) ?? 0) + 1));

/**
 * Prints at the end how many characters were replaced, because the document may be evidence or contain somebody's name.
 */
export function replacedNote(pdf: Pdf, lang: Locale): void {
	const n = replaced.get(pdf);
	if (!n) return;
	pdf.moveDown(0.9);
	small(pdf, m.recap_case_file_replaced({ n: formatNumber(n, lang) }));
}

const left = (pdf: Pdf) => pdf.page.margins.left;
const innerWidth = (pdf: Pdf) => pdf.page.width - pdf.page.margins.left - pdf.page.margins.right;
const bottom = (pdf: Pdf) => pdf.page.height - pdf.page.margins.bottom;

type Writing = PDFKit.Mixins.TextOptions & {
	bold?: boolean;
	soft?: boolean;
	white?: boolean;
	size?: number;
	x?: number;
	y?: number;
};

/** Sets the font for the next text to measure or write. */
const style = (pdf: Pdf, { bold = false, soft = false, white = false, size = 10 }: Writing) =>
	pdf.font(bold ? BOLD : REGULAR, size).fillColor(white ? '#ffffff' : soft ? SOFT : INK);

/** Writes a text below the last one, from the left margin. `size` in points, `soft`: in grey. */
export function write(
	pdf: Pdf,
	text: string,
	{ bold, soft, white, size, x = left(pdf), y, ...options }: Writing = {}
): Pdf {
	const styled = style(pdf, { bold, soft, white, size });
	return styled.text(printable(pdf, text), x, y ?? pdf.y, { width: pdf.page.width - x - left(pdf), ...options });
}

export function rule(pdf: Pdf, weight: number, color = INK): void {
	pdf
		.moveTo(left(pdf), pdf.y)
		.lineTo(left(pdf) + innerWidth(pdf), pdf.y)
		.lineWidth(weight)
		.stroke(color);
}

/** A thin grey line between the rows of a table. */
export const hairline = (pdf: Pdf) => rule(pdf, 0.5, LINE);

/** Begins another page if less than `points` are left on this page. */
export function ensureSpace(pdf: Pdf, points: number): void {
	if (pdf.y > bottom(pdf) - points) pdf.addPage();
}

export interface HeadOffice {
	name: string;
	address: string | null;
	phone: string | null;
	email: string | null;
	path?: string;
}

/** Draws the logo of the document's office, if it has one. */
export function drawLogo(pdf: Pdf, align: 'left' | 'center'): void {
	const logo = logos.get(pdf);
	if (!logo) return;
	const height = 44;
	pdf.image(logo, left(pdf), pdf.y, {
		fit: [innerWidth(pdf), height],
		align: align === 'center' ? 'center' : undefined
	});
	pdf.y += height + 8;
}

/** Draws the office's logo and name, its address, a line below both, and the title of the document. */
export function letterhead(pdf: Pdf, office: HeadOffice, title?: string): void {
	const reach = [office.phone, office.email].filter((line) => line !== null).join('  ·  ');
	const centred = { align: 'center', size: 9, soft: true } as const;
	drawLogo(pdf, 'center');
	write(pdf, office.name, { align: 'center', bold: true, size: 15 });
	if (office.address) write(pdf, office.address.replace(/\s+/g, ' '), centred);
	if (reach) write(pdf, reach, centred);
	pdf.moveDown(0.6);
	rule(pdf, 1.5);
	pdf.moveDown(1.2);
	if (title) write(pdf, title, { align: 'center', bold: true, size: 13 });
}

/** Draws a heading on the same page as the first lines below it. */
export function heading(pdf: Pdf, text: string, size = 11): void {
	pdf.moveDown(0.9);
	ensureSpace(pdf, 90);
	write(pdf, text, { bold: true, size }).moveDown(0.3);
}

export const paragraph = (pdf: Pdf, text: string, size = 10) => write(pdf, text, { size, lineGap: 1.5 });

/** Joins the non-empty parts in one line. */
export const joined = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(' · ');

export function small(pdf: Pdf, text: string): void {
	ensureSpace(pdf, 30);
	write(pdf, text, { size: 8.5, soft: true });
}

/** Draws terms beside their details, and leaves out terms without a detail. */
export function facts(
	pdf: Pdf,
	rows: readonly (readonly [term: string, detail: string | null | undefined])[],
	{ term = 140, size = 9.5, bold = false }: { term?: number; size?: number; bold?: boolean } = {}
): void {
	for (const [name, detail] of rows) {
		if (!detail) continue;
		ensureSpace(pdf, 30);
		const { y, page } = pdf;
		write(pdf, name, { size, soft: true, y, width: term - 10 });
		const below = pdf.y;
		write(pdf, detail, { size, bold, x: left(pdf) + term, y });
		// A detail that continued on another page ends there, whatever the height of its term.
		pdf.y = (pdf.page === page ? Math.max(pdf.y, below) : pdf.y) + 3;
	}
	pdf.x = left(pdf);
}

interface Signed {
	/** The person's part: wrote, approved, filed. */
	part: string;
	name?: string;
	lines?: readonly (string | null)[];
}

/** Draws names beside each other, or the last one at the right. They replace signatures by hand. */
export function signatures(pdf: Pdf, people: readonly Signed[], first = 0): void {
	ensureSpace(pdf, 100);
	const column = innerWidth(pdf) / 2;
	const top = pdf.y;
	let below = top;
	people.forEach(({ part, name, lines = [] }, index) => {
		const at = { x: left(pdf) + (first + index) * column, width: column - 16 };
		write(pdf, part, { ...at, size: 9, soft: true, y: top });
		if (name) write(pdf, name, { ...at, bold: true, size: 10.5, y: pdf.y + 2 });
		for (const line of lines) if (line) write(pdf, line, { ...at, size: 9, soft: true });
		below = Math.max(below, pdf.y);
	});
	pdf.y = below + 8;
}

interface PaperTable {
	/** `width`: relative to the other columns. */
	columns: readonly { label: string; width: number; numeric?: boolean }[];
	rows: readonly { cells: readonly string[]; total?: boolean }[];
}

const PAD = 3;

/**
 * Draws a table over as many pages as needed. Each page begins with the table's head, no row is split, and numbers are
 * aligned right.
 */
export function drawTable(pdf: Pdf, { columns, rows }: PaperTable): void {
	const totalWidth = columns.reduce((sum, { width }) => sum + width, 0);
	let start = left(pdf);
	const boxes = columns.map(({ width, numeric }) => {
		const points = (width / totalWidth) * innerWidth(pdf);
		const box = { x: start + PAD, width: points - 2 * PAD, align: numeric ? ('right' as const) : ('left' as const) };
		start += points;
		return box;
	});
	const row = (cells: readonly string[], look: Writing, atFoot = false) => {
		style(pdf, look);
		const texts = cells.map((cell) => printable(pdf, cell));
		const heights = texts.map((text, index) => pdf.heightOfString(text || ' ', boxes[index]));
		const height = Math.max(...heights);
		if (!atFoot && pdf.y + height + 2 * PAD > bottom(pdf)) {
			pdf.addPage();
			head();
		}
		const { y } = pdf;
		texts.forEach((text, index) => {
			const above = atFoot ? height - (heights[index] ?? 0) : 0;
			write(pdf, text, { ...look, ...boxes[index], y: y + PAD + above });
		});
		pdf.y = y + height + 2 * PAD;
		hairline(pdf);
	};
	const labels = columns.map(({ label }) => label);
	const head = () => row(labels, { bold: true, soft: true, size: 7 }, true);
	head();
	for (const { cells, total = false } of rows) row(cells, { bold: total, size: 8.5 });
	pdf.x = left(pdf);
}

/** Prints a line in the lower margin of every page from `first` on, so that loose sheets can be put in order again. */
export function footers(pdf: Pdf, words: (page: number, count: number) => string, first = 0): void {
	const { count } = pdf.bufferedPageRange();
	for (let page = first; page < count; page += 1) {
		pdf.switchToPage(page);
		const y = bottom(pdf) + pdf.page.margins.bottom / 2 - 4;
		// Without a lower margin, because a text in the margin would begin another page.
		pdf.page.margins.bottom = 0;
		const text = words(page + 1 - first, count - first);
		write(pdf, text, { size: 8, soft: true, y, align: 'right', lineBreak: false });
	}
}
