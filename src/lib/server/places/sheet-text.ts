import PdfKit from 'pdfkit';

const MM = 25.4 / 72;
// Characters in the standard fonts of PDF (Windows code page 1252), because a sheet embeds no font.
const SHOWN = /[\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/;

let ruler: PDFKit.PDFDocument | undefined;

/** Returns the width in millimetres of one line in Helvetica. Arial and Liberation Sans have the same measures. */
export function textWidth(text: string, points: number, bold: boolean): number {
	ruler ??= new PdfKit({ autoFirstPage: false });
	return ruler.font(bold ? 'Helvetica-Bold' : 'Helvetica', points).widthOfString(text) * MM;
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
