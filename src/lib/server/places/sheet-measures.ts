/** Millimetres of one point. */
export const MM = 25.4 / 72;

/** A4 poster, A5 table card (two faces on A4, folded), A6 sticker. */
export type SheetSize = 'A4' | 'A5' | 'A6';

/**
 * Lengths in millimetres, font sizes in points. `qr`: smallest and largest side of the QR code without its quiet zone;
 * `logo`: the most that the logo takes.
 */
export interface Measures {
	width: number;
	height: number;
	margin: number;
	pad: number;
	qr: { least: number; most: number };
	logo: { width: number; height: number };
	points: Record<'office' | 'place' | 'hook' | 'verbs' | 'lead' | 'text' | 'code' | 'small', number>;
}

/** The QR code is at least 80 mm on A4 and 35 mm on A6, so that it can be scanned from where people wait. */
export const MEASURES: Record<SheetSize, Measures> = {
	A4: {
		width: 210,
		height: 297,
		margin: 12,
		pad: 9,
		qr: { least: 80, most: 104 },
		logo: { width: 56, height: 17 },
		points: { office: 14, place: 12, hook: 35, verbs: 18, lead: 18, text: 13, code: 34, small: 10.5 }
	},
	A5: {
		width: 148.5,
		height: 210,
		margin: 8.5,
		pad: 6.4,
		qr: { least: 54, most: 72 },
		logo: { width: 40, height: 12 },
		points: { office: 10.5, place: 9, hook: 24, verbs: 12.5, lead: 13, text: 9.8, code: 25, small: 8 }
	},
	A6: {
		width: 105,
		height: 148,
		margin: 6,
		pad: 4.5,
		qr: { least: 35, most: 50 },
		logo: { width: 28, height: 8.5 },
		points: { office: 8, place: 7, hook: 17, verbs: 8.8, lead: 9.5, text: 7.5, code: 18, small: 6.2 }
	}
};

/** Scales fonts and gaps; the paper size and the limits of the QR code stay. */
export function scaled(measures: Measures, factor: number): Measures {
	const points = { ...measures.points };
	for (const name of Object.keys(points) as (keyof typeof points)[]) points[name] *= factor;
	return { ...measures, pad: measures.pad * factor, points };
}
