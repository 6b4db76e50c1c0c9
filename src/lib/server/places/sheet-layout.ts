import { encode } from 'uqr';
import { ICONS } from '#lib/ui/content/icons.ts';
import { MEASURES, MM, scaled, type Measures, type SheetSize } from './sheet-measures.ts';
import { printable, fitting, wrapped, textWidth } from './sheet-text.ts';

/** Texts of a place's printed sheet, in Indonesian, exactly as printed. A sheet never contains an officer's name. */
export type SheetContent = {
	officeName: string;
	placeName: string;
	/** The content of the QR code. */
	url: string;
	/** Six letters. */
	code: string;
	/** Time until the first reply, such as "5 hari kerja". */
	promised: string;
	otherWays: readonly string[];
	responsible: string;
	address: string;
	sheetNo: string;
	date: string;
	/** The site's address without protocol, to type by hand. */
	domain: string;
	/** The unit's colour as `#rrggbb`, dark enough for white letters; used for the head of the sheet. */
	accent: string;
	/** PNG of the office's logo. */
	logo: { bytes: Buffer; width: number; height: number } | null;
	/** The office is in trial, so the sheet is marked and not to be hung up. */
	trial: boolean;
};

/** With the English text that is tried. */
type LaidOut = SheetContent & { english: string };

interface TextStyle {
	points: number;
	bold: boolean;
	colour: string;
	anchor: 'start' | 'middle' | 'end';
	spacing: number;
}
interface BoxStyle {
	radius: number;
	fill: string | null;
	stroke: string | null;
	line: number;
}

/**
 * An element of the sheet. Lengths and positions are in millimetres from the upper left corner, font sizes in points;
 * `y` of a text is its baseline.
 */
export type SheetElement =
	| ({ kind: 'text'; x: number; y: number; text: string } & TextStyle)
	| ({ kind: 'box'; x: number; y: number; width: number; height: number } & BoxStyle)
	| { kind: 'qr'; x: number; y: number; side: number; modules: readonly (readonly boolean[])[] }
	| { kind: 'image'; x: number; y: number; width: number; height: number; bytes: Buffer }
	/** A white line drawing, 24 by 24 units in its square. */
	| { kind: 'icon'; x: number; y: number; width: number; height: number; path: string };

/** What citizens can do at the place, with the icons of the office page. */
const CHOICES = [
	{ label: 'Nilai pelayanan', path: ICONS.star },
	{ label: 'Beri saran', path: ICONS.idea },
	{ label: 'Sampaikan pengaduan', path: ICONS.voice }
];
const ENGLISH = 'Scan to rate our service, make a suggestion or complain. Free, no app, no name needed.';

const INK = '#1c1a17';
const SOFT = '#5d574d';
const LINE = '#b9b2a6';
/** Line height as a multiple of the font size. */
const LEADING = 1.3;

/** A line of text; by default black, not bold and left-aligned. */
function textAt(x: number, y: number, text: string, style: Partial<TextStyle>): SheetElement {
	const usual = { points: 10, bold: false, colour: INK, anchor: 'start', spacing: 0 } as const;
	return { ...usual, ...style, kind: 'text', x, y, text: printable(text) };
}

function box(x: number, y: number, width: number, height: number, style: Partial<BoxStyle>): SheetElement {
	return { kind: 'box', x, y, width, height, radius: 0, fill: null, stroke: null, line: 0, ...style };
}

/** A thin horizontal line between parts of the sheet. */
const rule = (x: number, y: number, width: number): SheetElement => box(x, y, width, 0.2, { fill: LINE });

/** Scale factors that are tried one after another for long texts. */
const SMALLER = [1, 0.9, 0.8];

/**
 * Lays out a sheet as a list of elements, the same for every output format. The QR code never falls below its smallest
 * size, so that it can be scanned from a queue. If the texts are too long, first the English text no longer says how to
 * type the code. Then texts are scaled down. If that is not enough, `otherWays` are left out one by one, from the last.
 * @throws RangeError if even then there is no room
 */
export function layOutSheet(
	content: SheetContent,
	size: SheetSize
): { width: number; height: number; elements: SheetElement[] } {
	const modules = encode(content.url, { ecc: 'Q', border: 0 }).data;
	const { width, height } = MEASURES[size];
	const typed = `Scan, or type the code at ${content.domain}, to rate us, suggest or complain. Free, no name needed.`;
	for (let ways = content.otherWays.length; ways >= 0; ways--) {
		const shown = { ...content, otherWays: content.otherWays.slice(0, ways) };
		for (const factor of SMALLER) {
			for (const english of [typed, ENGLISH]) {
				const elements = layOut({ ...shown, english }, scaled(MEASURES[size], factor), modules);
				if (elements) return { width, height, elements: [...elements, ...marksOf(content, MEASURES[size])] };
			}
		}
	}
	throw new RangeError('the texts of this sheet leave no room for its code');
}

/** The mark of a trial, in the upper and the lower margin. */
function marksOf({ trial }: SheetContent, { width, height, margin, points }: Measures): SheetElement[] {
	const style = { points: points.text, bold: true, colour: '#b3261e', anchor: 'middle' } as const;
	// Printers leave the outermost three millimetres white.
	const edges = trial ? [margin * 0.9, height - 3.2] : [];
	return edges.map((y) => textAt(width / 2, y, 'UJI COBA - HANYA UNTUK LATIHAN', style));
}

function layOut(content: LaidOut, measures: Measures, modules: boolean[][]): SheetElement[] | null {
	const head = headOf(content, measures);
	const foot = footOf(content, measures);
	const middle = middleOf(content, measures, modules, head.end, measures.height - measures.margin - foot.height);
	return middle && [...head.elements, ...middle, ...foot.elements];
}

/** The coloured head: office, logo, place and what can be done here. `end` is its lower edge. */
function headOf(
	content: SheetContent,
	{ width, margin, pad, points, logo: most }: Measures
): { elements: SheetElement[]; end: number } {
	const x = margin + pad;
	const room = width - 2 * x;
	const elements: SheetElement[] = [];
	let y = margin + pad * 0.75;
	const logo = logoOf(content, { right: x + room, top: y, most, edge: pad / 5 });
	elements.push(...logo.elements);
	const line = (text: string, size: number, bold: boolean, gap: number) => {
		y += gap + size * MM;
		elements.push(textAt(x, y, text, { points: size, bold, colour: '#ffffff' }));
	};
	const beside = room - (logo.width && logo.width + pad);
	for (const text of wrapped(content.officeName, points.office, true, beside)) line(text, points.office, true, 0.8);
	for (const text of wrapped(content.placeName, points.place, false, beside)) line(text, points.place, false, 0.8);
	y = Math.max(y, logo.end);
	const hook = 'Bagaimana pelayanan kami?';
	line(hook, fitting(hook, points.hook, room), true, pad * 0.6);
	y += pad * 0.6;
	const column = room / CHOICES.length;
	const size = Math.min(...CHOICES.map(({ label }) => fitting(label, points.verbs, column * 0.96)));
	const side = size * MM * 2;
	CHOICES.forEach(({ label, path }, index) => {
		const centre = x + (index + 0.5) * column;
		elements.push({ kind: 'icon', x: centre - side / 2, y, width: side, height: side, path });
		const style = { points: size, bold: true, colour: '#ffffff', anchor: 'middle' } as const;
		elements.push(textAt(centre, y + side + size * MM * 1.25, label, style));
	});
	const end = y + side + size * MM * 1.25 + pad * 0.7;
	const band = box(margin, margin, width - 2 * margin, end - margin, { radius: pad / 3, fill: content.accent });
	return { elements: [band, ...elements], end };
}

/** The logo on a white card in the upper right corner; takes no room if there is none. */
function logoOf(
	{ logo }: SheetContent,
	{ right, top, most, edge }: { right: number; top: number; most: Measures['logo']; edge: number }
): { elements: SheetElement[]; width: number; end: number } {
	if (!logo) return { elements: [], width: 0, end: 0 };
	const scale = Math.min(most.width / logo.width, most.height / logo.height);
	const [width, height] = [logo.width * scale, logo.height * scale];
	const card = { width: width + 2 * edge, height: height + 2 * edge };
	const x = right - card.width;
	const image = { kind: 'image', x: x + edge, y: top + edge, width, height, bytes: logo.bytes } as const;
	const white = box(x, top, card.width, card.height, { radius: edge, fill: '#ffffff' });
	return { elements: [white, image], width: card.width, end: top + card.height };
}

const QUIET_MODULES = 4;

/** The QR code and the texts below it; null if the code would be too small. */
function middleOf(
	content: LaidOut,
	{ width, margin, pad, qr, points }: Measures,
	modules: boolean[][],
	top: number,
	bottom: number
): SheetElement[] | null {
	const centre = width / 2;
	const room = width - 2 * margin;
	const typed = `Tidak bisa memindai? Buka ${content.domain} dan ketik`;
	const codeHeight = points.code * MM * 1.3;
	const typedLines = wrapped(typed, points.text, false, room);
	const gap = pad * 0.55;
	const typedHeight = typedLines.length * points.text * MM * LEADING;
	const english = wrapped(content.english, points.small, false, room);
	const englishHeight = english.length * points.small * MM * LEADING + gap * 0.4;
	const below = (2 * points.lead + points.text) * MM + typedHeight + codeHeight + englishHeight + gap * 3.4 + pad * 0.8;
	const zone = QUIET_MODULES / modules.length;
	const side = Math.min(qr.most, (bottom - top - below) / (1 + 2 * zone));
	if (side < qr.least) return null;

	const spare = bottom - top - below - side * (1 + 2 * zone);
	const elements: SheetElement[] = [];
	const quiet = side * zone;
	let y = top + spare / 2 + quiet;
	elements.push({ kind: 'qr', x: centre - side / 2, y, side, modules });
	y += side + quiet + points.lead * MM * 0.8;
	const middle = (text: string, size: number, bold: boolean) =>
		elements.push(textAt(centre, y, text, { points: size, bold, anchor: 'middle' }));
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
	elements.push(box(centre - frame / 2, y, frame, codeHeight, { radius: pad / 4, stroke: INK, line: pad / 16 }));
	y += codeHeight / 2 + points.code * MM * 0.36;
	elements.push(textAt(centre, y, content.code, { points: points.code, bold: true, anchor: 'middle', spacing }));
	y += codeHeight / 2 - points.code * MM * 0.36 + gap + points.lead * MM;
	middle('Gratis. Tanpa aplikasi. Boleh tanpa nama.', points.lead, true);
	y += gap * 0.6 + points.text * MM;
	middle(`Pengaduan dan saran dibalas paling lambat ${content.promised}.`, points.text, false);
	y += gap * 0.4;
	for (const text of english) {
		y += points.small * MM * LEADING;
		elements.push(textAt(centre, y, text, { points: points.small, colour: SOFT, anchor: 'middle' }));
	}
	return elements;
}

/** Other ways on the left, the responsible person on the right, the official address below. */
function footOf(content: SheetContent, { width, height, margin, pad, points }: Measures) {
	const column = (width - 2 * margin - pad) / 2;
	const step = points.small * MM * LEADING;
	const wrap = (text: string) => wrapped(text, points.small, false, column);
	const left = content.otherWays.length > 0 ? ['Cara lain menyampaikan', ...content.otherWays.flatMap(wrap)] : [];
	const full = width - 2 * margin;
	const official = `Alamat resmi: ${content.domain}`;
	const number = `Lembar ${content.sheetNo} · ${content.date}`;
	const sideBySide = textWidth(official, points.text, true) + pad + textWidth(number, points.small, false) <= full;
	const right = ['Penanggung jawab', ...wrap(content.responsible), ...wrap(content.address)];
	// A long official address has the last line for itself.
	if (!sideBySide) right.push(...wrap(number));
	const rows = Math.max(left.length, right.length);
	const last = points.text * MM * 1.1;
	const total = pad * 0.5 + rows * step + pad * 0.6 + last;
	const top = height - margin - total;
	const elements: SheetElement[] = [rule(margin, top, full)];
	const fill = (x: number, lines: string[]) =>
		lines.forEach((text, i) => {
			elements.push(textAt(x, top + pad * 0.4 + (i + 0.85) * step, text, { points: points.small, bold: i === 0 }));
		});
	fill(margin, left);
	fill(left.length > 0 ? margin + column + pad : margin, right);
	const base = height - margin - last * 0.2;
	elements.push(rule(margin, base - last - pad * 0.15, full));
	elements.push(textAt(margin, base, official, { points: fitting(official, points.text, full), bold: true }));
	if (sideBySide) {
		elements.push(textAt(width - margin, base, number, { points: points.small, colour: SOFT, anchor: 'end' }));
	}
	return { elements, height: total };
}
