import type { SheetContent } from './sheet-content.ts';
import { box, INK, LEADING, MM, textAt, type Mark } from './sheet-marks.ts';
import type { Measures } from './sheet-measures.ts';
import { printable, textWidth, wrapped } from './sheet-text.ts';

const QUIET_MODULES = 4;

/** The QR code and what stands under it; null if the code would be too small. */
export function middleOf(
	content: SheetContent,
	{ width, margin, pad, qr, points }: Measures,
	modules: boolean[][],
	top: number,
	bottom: number
): Mark[] | null {
	const centre = width / 2;
	const room = width - 2 * margin;
	const typed = `Tidak bisa memindai? Buka ${printable(content.displayAddress)} dan ketik`;
	const promise = `Balasan pertama paling lambat ${content.promiseDays} hari kerja.`;
	const codeHeight = points.code * MM * 1.3;
	const typedLines = wrapped(typed, points.text, false, room);
	const gap = pad * 0.55;
	const below =
		points.lead * MM +
		gap +
		typedLines.length * points.text * MM * LEADING +
		gap * 0.4 +
		codeHeight +
		gap * 1.4 +
		points.lead * MM +
		gap * 0.6 +
		points.text * MM +
		pad * 0.8;
	const zone = QUIET_MODULES / modules.length;
	const side = Math.min(qr.most, (bottom - top - below) / (1 + 2 * zone));
	if (side < qr.least) return null;

	const spare = bottom - top - below - side * (1 + 2 * zone);
	const marks: Mark[] = [];
	const quiet = side * zone;
	let y = top + spare / 2 + quiet;
	marks.push({ kind: 'qr', x: centre - side / 2, y, side, modules });
	y += side + quiet + points.lead * MM * 0.8;
	const middle = (text: string, size: number, bold: boolean, colour = INK) =>
		marks.push(textAt(centre, y, text, { points: size, bold, colour, anchor: 'middle' }));
	middle('Pindai dengan kamera ponsel', points.lead, true);
	y += gap * 0.7;
	for (const text of typedLines) {
		y += points.text * MM * LEADING;
		middle(text, points.text, false);
	}
	y += gap * 0.9;
	const spacing = points.code * MM * 0.2;
	const codeWidth = textWidth(content.code, points.code, true) + spacing * (content.code.length - 1);
	const frame = codeWidth + codeHeight * 0.8;
	marks.push(box([centre - frame / 2, y, frame, codeHeight], { radius: pad / 4, stroke: INK, line: pad / 16 }));
	y += codeHeight / 2 + points.code * MM * 0.36;
	marks.push(textAt(centre, y, content.code, { points: points.code, bold: true, anchor: 'middle', spacing }));
	y += codeHeight / 2 - points.code * MM * 0.36 + gap + points.lead * MM;
	middle('Gratis. Tanpa aplikasi. Boleh tanpa nama.', points.lead, true);
	y += gap * 0.6 + points.text * MM;
	middle(promise, points.text, false);
	return marks;
}
