import type { SheetContent, SheetSize } from './sheet-content.ts';
import { MM, type Mark } from './sheet-marks.ts';
import { layOutSheet } from './sheet.ts';
import { textWidth } from './sheet-text.ts';

const FONTS = 'Helvetica, Arial, Liberation Sans, sans-serif';

/** A place's sheet as an SVG in millimetres, to look at or to print. */
export function sheetSvg(content: SheetContent, size: SheetSize): string {
	const { width, height, marks } = layOutSheet(content, size);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" lang="id" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}"`,
		` role="img" aria-label="${escaped(`Lembar kode QR: ${content.placeName}`)}" font-family="${FONTS}">`,
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...marks.map(drawn),
		'</svg>'
	].join('');
}

function drawn(mark: Mark): string {
	if (mark.kind === 'qr') {
		const path = mark.modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
		const scale = mark.side / mark.modules.length;
		// One path, so that no hairline shows between neighbours.
		return `<path transform="translate(${short(mark.x)} ${short(mark.y)}) scale(${scale})" fill="#000000" d="${path}"/>`;
	}
	if (mark.kind === 'box') {
		const paint = mark.fill
			? `fill="${mark.fill}"`
			: `fill="none" stroke="${mark.stroke}" stroke-width="${short(mark.line)}"`;
		const place = `x="${short(mark.x)}" y="${short(mark.y)}" width="${short(mark.width)}" height="${short(mark.height)}"`;
		return `<rect ${place} rx="${short(mark.radius)}" ${paint}/>`;
	}
	const style = [
		`font-size="${short(mark.points * MM)}"`,
		`fill="${mark.colour}"`,
		mark.bold ? 'font-weight="bold"' : '',
		mark.anchor === 'start' || mark.spacing ? '' : `text-anchor="${mark.anchor}"`,
		mark.spacing ? `letter-spacing="${short(mark.spacing)}"` : ''
	];
	return `<text x="${short(startOf(mark))}" y="${short(mark.y)}" ${style.filter(Boolean).join(' ')}>${escaped(mark.text)}</text>`;
}

/** Spaced letters are placed by their start: renderers disagree whether the space behind the last one counts. */
function startOf({ x, text, points, bold, anchor, spacing }: Extract<Mark, { kind: 'text' }>): number {
	if (!spacing) return x;
	const width = textWidth(text, points, bold) + spacing * (text.length - 1);
	return x - { start: 0, middle: width / 2, end: width }[anchor];
}

function short(millimetres: number): string {
	return String(Math.round(millimetres * 1000) / 1000);
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
