import { printable } from './sheet-text.ts';

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
			line: number;
	  }
	| { kind: 'qr'; x: number; y: number; side: number; modules: readonly (readonly boolean[])[] };

export const INK = '#1c1a17';
export const SOFT = '#5d574d';
const LINE = '#b9b2a6';
/** Millimetres of one point. */
export const MM = 25.4 / 72;
/** From one line to the next, in sizes of type. */
export const LEADING = 1.3;

/** A line of text, plain black and from the left unless `style` says otherwise. */
export function textAt(x: number, y: number, text: string, style: Partial<Extract<Mark, { kind: 'text' }>>): Mark {
	const usual = { points: 10, bold: false, colour: INK, anchor: 'start', spacing: 0 } as const;
	return { ...usual, ...style, kind: 'text', x, y, text: printable(text) };
}

/** A rectangle, filled or outlined. */
export function box(
	[x, y, width, height]: readonly [number, number, number, number],
	style: { radius: number; fill?: string; stroke?: string; line?: number }
): Mark {
	return { kind: 'box', x, y, width, height, fill: null, stroke: null, line: 0, ...style };
}

/** A thin line between parts of the sheet. */
export function rule(x: number, y: number, width: number): Mark {
	return box([x, y, width, 0.2], { radius: 0, fill: LINE });
}
