import PdfKit from 'pdfkit';

const MM = 25.4 / 72;
// What the standard fonts of PDF can show (Windows code page 1252); a sheet embeds no font of its own.
const SHOWN = /[\x20-\x7e\xa0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/;

let ruler: PDFKit.PDFDocument | undefined;

/** The width in millimetres of one line of Helvetica, whose measures Arial and Liberation Sans share. */
export function textWidth(text: string, points: number, bold: boolean): number {
	ruler ??= new PdfKit({ autoFirstPage: false });
	return ruler.font(bold ? 'Helvetica-Bold' : 'Helvetica', points).widthOfString(text) * MM;
}

/** The size of type, at most `points`, at which a bold line fits into `room` millimetres. */
export function fitting(text: string, points: number, room: number): number {
	return Math.min(points, (points * room) / textWidth(text, points, true));
}

/** Breaks a text at its spaces into lines of at most `room` millimetres; a longer word stays whole. */
export function wrapped(text: string, points: number, bold: boolean, room: number): string[] {
	const lines: string[] = [];
	for (const word of printable(text).split(' ')) {
		const longer = `${lines.at(-1) ?? ''} ${word}`;
		if (lines.length > 0 && textWidth(longer, points, bold) <= room) lines[lines.length - 1] = longer;
		else lines.push(word);
	}
	return lines.filter((line) => line !== '');
}

/** The text in characters that every printer has: accents beyond Western Europe are dropped, other scripts become `?`. */
export function printable(text: string): string {
	return [...text.normalize('NFC').replace(/\s+/g, ' ').trim()]
		.map((character) => {
			if (SHOWN.test(character)) return character;
			const plain = character.normalize('NFKD').replace(/\p{M}/gu, '');
			return [...plain].every((part) => SHOWN.test(part)) ? plain : '?';
		})
		.join('');
}
