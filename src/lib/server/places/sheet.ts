import { encode } from 'uqr';
import type { SheetContent, SheetSize } from './sheet-content.ts';
import { footOf } from './sheet-foot.ts';
import { headOf } from './sheet-head.ts';
import type { Mark } from './sheet-marks.ts';
import { MEASURES, scaled, type Measures } from './sheet-measures.ts';
import { middleOf } from './sheet-middle.ts';

/** Width and height in millimetres, and all that is on the paper. */
export type Sheet = { width: number; height: number; marks: Mark[] };

/** Sizes of type that are tried in turn where texts are long. */
const SMALLER = [1, 0.9, 0.8];

/**
 * The sheet as marks on paper, the same for every format it is drawn in. The code keeps its least size, so that it can be
 * scanned from a queue: long texts first become smaller, then the last of the other ways are left out. Throws a
 * RangeError where even that gives no room.
 */
export function layOutSheet(content: SheetContent, size: SheetSize): Sheet {
	const modules = encode(content.url, { ecc: 'Q', border: 0 }).data;
	const { width, height } = MEASURES[size];
	for (let ways = content.otherWays.length; ways >= 0; ways--) {
		const shown = { ...content, otherWays: content.otherWays.slice(0, ways) };
		for (const factor of SMALLER) {
			const marks = layOut(shown, scaled(MEASURES[size], factor), modules);
			if (marks) return { width, height, marks };
		}
	}
	throw new RangeError('the texts of this sheet leave no room for its code');
}

function layOut(content: SheetContent, measures: Measures, modules: boolean[][]): Mark[] | null {
	const head = headOf(content, measures);
	const foot = footOf(content, measures);
	const middle = middleOf(content, measures, modules, head.end, measures.height - measures.margin - foot.height);
	return middle && [...head.marks, ...middle, ...foot.marks];
}
