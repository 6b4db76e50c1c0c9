import { encode } from 'uqr';
import { printable, textWidth, wrapped } from '#lib/server/places/sheet-text.ts';

export type SheetSize = 'A4' | 'A6';

/**
 * What a place's printed sheet says. All is text as it shall be read, in the language of the wall: Indonesian. No
 * officer's name belongs here.
 */
export type SheetContent = {
	officeName: string;
	placeName: string;
	/** What the QR code holds. */
	url: string;
	/** The address to type by hand, without protocol. */
	displayAddress: string;
	/** Six letters. */
	code: string;
	/** Working days until the first reply. */
	promiseDays: number;
	otherWays: readonly string[];
	responsible: string;
	address: string;
	sheetNo: string;
	date: string;
	domain: string;
	/** The unit's colour as `#rrggbb`, for the head of the sheet. */
	accent?: string;
};

/** Lengths and places in millimetres from the upper left corner; type in points; `y` of a text is its baseline. */
export type Mark =
	| {
			kind: 'text';
			x: number;
			y: number;
			text: string;
			points: number;
			bold: boolean;
			colour: string;
			anchor: 'start' | 'middle' | 'end';
			spacing: number;
	  }
	| {
			kind: 'box';
			x: number;
			y: number;
			width: number;
			height: number;
			radius: number;
			fill: string | null;
			stroke: string | null;
	  }
	| { kind: 'qr'; x: number; y: number; side: number; modules: readonly (readonly boolean[])[] };
export type Sheet = { width: number; height: number; marks: Mark[] };

type Measures = {
	width: number;
	height: number;
	margin: number;
	pad: number;
	/** Smallest and largest side of the QR code itself, without its quiet zone. */
	qr: { least: number; most: number };
	points: { office: number; place: number; hook: number; verbs: number; lead: number; text: number; code: number; small: number };
};

/** design.md asks for at least 80 mm on A4 and 35 mm on A6. */
const MEASURES: Record<SheetSize, Measures> = {
	A4: {
		width: 210,
		height: 297,
		margin: 12,
		pad: 9,
		qr: { least: 80, most: 104 },
		points: { office: 14, place: 12, hook: 35, verbs: 18, lead: 18, text: 13, code: 34, small: 10.5 }
	},
	A6: {
		width: 105,
		height: 148,
		margin: 6,
		pad: 4.5,
		qr: { least: 35, most: 50 },
		points: { office: 8, place: 7, hook: 17, verbs: 8.8, lead: 9.5, text: 7.5, code: 18, small: 6.2 }
	}
};

const INK = '#1c1a17';
const SOFT = '#5d574d';
const LINE = '#b9b2a6';
const ACCENT = '#0b5cad';
const QUIET_MODULES = 4;
const MM = 25.4 / 72;
const LEADING = 1.3;

/** The sheet as marks on paper, the same for every format it is drawn in. */
export function layOutSheet(content: SheetContent, size: SheetSize): Sheet {
	const measures = MEASURES[size];
	const { width, height } = measures;
	const modules = encode(content.url, { ecc: 'Q', border: 0 }).data;
	const head = headOf(content, measures);
	for (let ways = content.otherWays.length; ; ways--) {
		const foot = footOf({ ...content, otherWays: content.otherWays.slice(0, ways) }, measures);
		const middle = middleOf(content, measures, modules, head.end, height - measures.margin - foot.height);
		if (middle) return { width, height, marks: [...head.marks, ...middle, ...foot.marks] };
		// The code must stay large enough to be scanned from a queue; the last of the other ways gives room first.
		if (ways === 0) throw new RangeError('the texts of this sheet leave no room for its code');
	}
}

function headOf(content: SheetContent, { width, margin, pad, points }: Measures): { marks: Mark[]; end: number } {
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
	const band = box(margin, margin, width - 2 * margin, end - margin, { radius: pad / 3, fill });
	return { marks: [band, ...marks], end };
}

/** The QR code and what stands under it; null where the code would be too small. */
function middleOf(
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
		points.lead * MM + gap + typedLines.length * points.text * MM * LEADING + gap * 0.4 + codeHeight + gap * 1.4 +
		points.lead * MM + gap * 0.6 + points.text * MM + pad * 0.8;
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
	marks.push(box(centre - frame / 2, y, frame, codeHeight, { radius: pad / 4, stroke: INK }));
	y += codeHeight / 2 + points.code * MM * 0.36;
	marks.push(textAt(centre, y, content.code, { points: points.code, bold: true, anchor: 'middle', spacing }));
	y += codeHeight / 2 - points.code * MM * 0.36 + gap + points.lead * MM;
	middle('Gratis. Tanpa aplikasi. Boleh tanpa nama.', points.lead, true);
	y += gap * 0.6 + points.text * MM;
	middle(promise, points.text, false);
	return marks;
}

/** Other ways on the left, who answers for the place on the right, the official address below. */
function footOf(content: SheetContent, { width, height, margin, pad, points }: Measures): { marks: Mark[]; height: number } {
	const column = (width - 2 * margin - pad) / 2;
	const step = points.small * MM * LEADING;
	const wrap = (text: string) => wrapped(text, points.small, false, column);
	const left = content.otherWays.length > 0 ? ['Cara lain menyampaikan', ...content.otherWays.flatMap(wrap)] : [];
	const right = ['Penanggung jawab', ...wrap(content.responsible), ...wrap(content.address)];
	const rows = Math.max(left.length, right.length);
	const last = points.text * MM * 1.1;
	const total = pad * 0.5 + rows * step + pad * 0.6 + last;
	const top = height - margin - total;
	const marks: Mark[] = [rule(margin, top, width - 2 * margin)];
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
	marks.push(rule(margin, base - last - pad * 0.15, width - 2 * margin));
	marks.push(textAt(margin, base, `Alamat resmi: ${content.domain}`, { points: points.text, bold: true }));
	const number = `Lembar ${content.sheetNo} · ${content.date}`;
	marks.push(textAt(width - margin, base, number, { points: points.small, colour: SOFT, anchor: 'end' }));
	return { marks, height: total };
}

function textAt(x: number, y: number, text: string, style: Partial<Extract<Mark, { kind: 'text' }>>): Mark {
	const usual = { points: 10, bold: false, colour: INK, anchor: 'start', spacing: 0 } as const;
	return { ...usual, ...style, kind: 'text', x, y, text: printable(text) };
}

function box(x: number, y: number, width: number, height: number, style: { radius: number; fill?: string; stroke?: string }): Mark {
	return { kind: 'box', x, y, width, height, radius: style.radius, fill: style.fill ?? null, stroke: style.stroke ?? null };
}

function rule(x: number, y: number, width: number): Mark {
	return box(x, y, width, 0.2, { radius: 0, fill: LINE });
}

/** The size of type, at most `points`, at which a bold line fits into `room` millimetres. */
function fitting(text: string, points: number, room: number): number {
	return Math.min(points, (points * room) / textWidth(text, points, true));
}

/** True where dark letters read better on this colour than white ones (relative luminance of WCAG). */
function isLight(colour: string): boolean {
	const channel = (at: number) => {
		const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 0.179;
}
