import { median } from '../load.ts';
import type { Measured } from './requests.ts';

export interface Comparison {
	name: string;
	limit: number;
	/** Median milliseconds on the small and on the large database. */
	small: number;
	large: number;
	ratio: number;
}

const WARM_UP = 4;

/** Sends the same to both sites turn by turn, so that what else the machine does meets both alike. */
export async function sideBySide(small: Measured, large: Measured): Promise<Comparison> {
	const times: [number[], number[]] = [[], []];
	for (let round = -WARM_UP; round < small.rounds; round++) {
		// Who begins changes with each round: the second finds the machine a little warmer.
		for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
			const started = performance.now();
			await (side === 0 ? small : large).send();
			if (round >= 0) times[side].push(performance.now() - started);
		}
	}
	const [one, other] = [median(times[0]), median(times[1])];
	return { name: small.name, limit: small.limit, small: one, large: other, ratio: other / one };
}
