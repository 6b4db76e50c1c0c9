/** A generator of pseudo-random numbers that gives the same numbers in every run, so that the demo data is always the same. */
export type Random = ReturnType<typeof randomFrom>;

/** Hashes a word to the start state (FNV-1a, 32 bits). */
function seedOf(seed: string): number {
	let hash = 0x811c9dc5;
	for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
	return hash >>> 0;
}

/** A generator for one seed (a Weyl sequence with a mixing step). Parts with different seeds do not influence each other. */
export function randomFrom(seed: string) {
	let state = seedOf(seed);
	const next = () => {
		state = (state + 0x9e3779b9) >>> 0;
		let mixed = state;
		mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
		return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
	};
	return {
		/** A number from 0 to below 1. */
		next,
		/** A whole number from `least` to `most`. */
		between: (least: number, most: number) => least + Math.floor(next() * (most - least + 1)),
		chance: (probability: number) => next() < probability,
		pick: <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0],
		/** An index, chosen in proportion to the weights. */
		weighted: (weights: readonly number[]) => {
			let remaining = next() * weights.reduce((sum, weight) => sum + weight, 0);
			for (const [index, weight] of weights.entries()) {
				remaining -= weight;
				if (remaining < 0) return index;
			}
			return weights.length - 1;
		}
	};
}
