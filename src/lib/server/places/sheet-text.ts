import PdfKit from 'pdfkit';
import { fontFile } from '#lib/server/program-file.ts';
import { MM } from './sheet-measures.ts';

/** Latin letters and signs that both the embedded font and those of a browser that shows the preview have. */
const SHOWN = /[\x20-\x7e\xa0-\u017f€‚ƒ„…†‡ˆ‰‹‘’“”•–—˜™›]/;

/** Makes the fonts `Regular` and `Bold` known to a document, which embeds those that it uses. */
export function withFonts(pdf: PDFKit.PDFDocument): PDFKit.PDFDocument {
	return pdf.registerFont('Regular', fontFile('Regular')).registerFont('Bold', fontFile('Bold'));
}

/** Widths at one point, because a layout measures the same texts at several sizes. */
const widths = new Map<string, number>();
const MAX_WIDTHS = 5000;
let ruler: PDFKit.PDFDocument | undefined;

/** Returns the width in millimetres of one line in Liberation Sans. Arial and Helvetica have the same measures. */
export function textWidth(text: string, points: number, bold: boolean): number {
	const key = `${bold}${text}`;
	let width = widths.get(key);
	if (width === undefined) {
		ruler ??= withFonts(new PdfKit({ autoFirstPage: false }));
		width = ruler.font(bold ? 'Bold' : 'Regular', 1).widthOfString(text) * MM;
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

/** Keeps characters that every printer has: drops other accents and writes other scripts as `?`. */
export function printable(text: string): string {
	return [...text.normalize('NFC').replace(/\s+/g, ' ').trim()]
		.map((character) => {
			if (SHOWN.test(character)) return character;
			const plain = character.normalize('NFKD').replace(/\p{M}/gu, '');
			return [...plain].every((part) => SHOWN.test(part)) ? plain : '?';
		})
		.join('');
}
