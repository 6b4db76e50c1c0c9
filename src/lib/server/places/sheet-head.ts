import type { SheetContent } from './sheet-content.ts';
import { box, INK, MM, textAt, type Mark } from './sheet-marks.ts';
import type { Measures } from './sheet-measures.ts';
import { fitting, wrapped } from './sheet-text.ts';

const ACCENT = '#0b5cad';

/** The coloured head: whose office, which place, and what can be done here. `end` is its lower edge. */
export function headOf(
	content: SheetContent,
	{ width, margin, pad, points }: Measures
): { marks: Mark[]; end: number } {
	const fill = content.accent ?? ACCENT;
	const colour = isLight(fill) ? INK : '#ffffff';
	const x = margin + pad;
	const room = width - 2 * x;
	const marks: Mark[] = [];
	let y = margin + pad * 0.75;
	const line = (text: string, size: number, bold: boolean, gap: number) => {
		y += gap + size * MM;
		marks.push(textAt(x, y, text, { points: size, bold, colour }));
	};
	for (const text of wrapped(content.officeName, points.office, true, room)) line(text, points.office, true, 0.8);
	for (const text of wrapped(content.placeName, points.place, false, room)) line(text, points.place, false, 0.8);
	line('Bagaimana pelayanan kami?', fitting('Bagaimana pelayanan kami?', points.hook, room), true, pad * 0.6);
	const verbs = 'Nilai pelayanan · Beri saran · Sampaikan pengaduan';
	line(verbs, fitting(verbs, points.verbs, room), true, pad * 0.45);
	const end = y + pad * 0.9;
	const band = box([margin, margin, width - 2 * margin, end - margin], { radius: pad / 3, fill });
	return { marks: [band, ...marks], end };
}

/** True if dark letters read better on this colour than white ones (relative luminance of WCAG). */
function isLight(colour: string): boolean {
	const channel = (at: number) => {
		const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 0.179;
}
