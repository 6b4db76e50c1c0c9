import PdfKit from 'pdfkit';
import { printableIn, withFonts } from '#lib/server/pdf-fonts.ts';
import { MM } from './sheet-measures.ts';

/** Widths at one point, because a layout measures the same texts at several sizes. */
const widths = new Map<string, number>();
const MAX_WIDTHS = 5000;
let ruler: PDFKit.PDFDocument | undefined;
const rulerOf = () => (ruler ??= withFonts(new PdfKit({ autoFirstPage: false })));

/** Returns the width in millimetres of one line in Liberation Sans. Arial and Helvetica have the same measures. */
export function textWidth(text: string, points: number, bold: boolean): number {
	const key = `${bold}${text}`;
	let width = widths.get(key);
	if (width === undefined) {
		width =
			rulerOf()
				.font(bold ? 'Bold' : 'Regular', 1)
				.widthOfString(text) * MM;
		if (widths.size >= MAX_WIDTHS) widths.clear();
		widths.set(key, width);
	}
	return width * points;
}

/** Returns the largest font size, at most `points`, at which a bold line fits into `room` millimetres. */
export function fitting(text: string, points: number, room: number): number {
	return Math.min(points, (points * room) / textWidth(text, points, true));
}

/** Breaks a text at its spaces into lines of at most `room` millimetres. A single longer word is not broken. */
export function wrapped(text: string, points: number, bold: boolean, room: number): string[] {
	const lines: string[] = [];
	for (const word of printable(text).split(' ')) {
		const longer = `${lines.at(-1) ?? ''} ${word}`;
		if (lines.length > 0 && textWidth(longer, points, bold) <= room) lines[lines.length - 1] = longer;
		else lines.push(word);
	}
	return lines.filter((line) => line !== '');
}

/** The text in one line, with `□` for characters that the embedded font lacks. */
export const printable = (text: string): string => printableIn(rulerOf().font('Regular', 1), text.replace(/\s+/g, ' '));
