import type { SheetSize } from './sheet-content.ts';

export type Measures = {
	width: number;
	height: number;
	margin: number;
	pad: number;
	/** Smallest and largest side of the QR code itself, without its quiet zone. */
	qr: { least: number; most: number };
	points: {
		office: number;
		place: number;
		hook: number;
		verbs: number;
		lead: number;
		text: number;
		code: number;
		small: number;
	};
};

/** The code is at least 80 mm on A4 and 35 mm on A6, to be scanned from where people wait. */
export const MEASURES: Record<SheetSize, Measures> = {
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

/** The same paper and code with type and gaps of another size. */
export function scaled(measures: Measures, factor: number): Measures {
	const { office, place, hook, verbs, lead, text, code, small } = measures.points;
	return {
		...measures,
		pad: measures.pad * factor,
		points: {
			office: office * factor,
			place: place * factor,
			hook: hook * factor,
			verbs: verbs * factor,
			lead: lead * factor,
			text: text * factor,
			code: code * factor,
			small: small * factor
		}
	};
}
