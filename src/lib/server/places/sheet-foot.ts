import type { SheetContent } from './sheet-content.ts';
import { INK, LEADING, MM, rule, SOFT, textAt, type Mark } from './sheet-marks.ts';
import type { Measures } from './sheet-measures.ts';
import { fitting, textWidth, wrapped } from './sheet-text.ts';

/** Other ways on the left, who answers for the place on the right, the official address below. */
export function footOf(
	content: SheetContent,
	{ width, height, margin, pad, points }: Measures
): { marks: Mark[]; height: number } {
	const column = (width - 2 * margin - pad) / 2;
	const step = points.small * MM * LEADING;
	const wrap = (text: string) => wrapped(text, points.small, false, column);
	const left = content.otherWays.length > 0 ? ['Cara lain menyampaikan', ...content.otherWays.flatMap(wrap)] : [];
	const full = width - 2 * margin;
	const official = `Alamat resmi: ${content.domain}`;
	const number = `Lembar ${content.sheetNo} · ${content.date}`;
	const sideBySide = textWidth(official, points.text, true) + pad + textWidth(number, points.small, false) <= full;
	const right = ['Penanggung jawab', ...wrap(content.responsible), ...wrap(content.address)];
	// A long official address has the last line to itself.
	if (!sideBySide) right.push(...wrap(number));
	const rows = Math.max(left.length, right.length);
	const last = points.text * MM * 1.1;
	const total = pad * 0.5 + rows * step + pad * 0.6 + last;
	const top = height - margin - total;
	const marks: Mark[] = [rule(margin, top, full)];
	const fill = (x: number, lines: string[]) =>
		lines.forEach((text, i) =>
			marks.push(
				textAt(x, top + pad * 0.4 + (i + 0.85) * step, text, {
					points: points.small,
					bold: i === 0,
					colour: i === 0 ? INK : SOFT
				})
			)
		);
	fill(margin, left);
	fill(left.length > 0 ? margin + column + pad : margin, right);
	const base = height - margin - last * 0.2;
	marks.push(rule(margin, base - last - pad * 0.15, full));
	marks.push(textAt(margin, base, official, { points: fitting(official, points.text, full), bold: true }));
	if (sideBySide) {
		marks.push(textAt(width - margin, base, number, { points: points.small, colour: SOFT, anchor: 'end' }));
	}
	return { marks, height: total };
}
