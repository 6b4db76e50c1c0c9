/** Numbers that look drawn by lot and are the same on every run: demo data has to come out alike everywhere. */
export type Random = ReturnType<typeof randomFrom>;

/** FNV-1a, 32 bits: turns a word into a starting point. */
function startFrom(seed: string): number {
	let hash = 0x811c9dc5;
	for (const letter of seed) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
	return hash >>> 0;
}

/** A generator of its own for each seed (a Weyl sequence with a mixing step), so that parts don't disturb each other. */
export function randomFrom(seed: string) {
	let state = startFrom(seed);
	const next = () => {
		state = (state + 0x9e3779b9) >>> 0;
		let mixed = state;
		mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
		return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
	};
	return {
		/** From 0 up to, not including, 1. */
		next,
		/** A whole number, both ends included. */
		between: (least: number, most: number) => least + Math.floor(next() * (most - least + 1)),
		chance: (probability: number) => next() < probability,
		pick: <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0],
		/** An index, drawn in proportion to the weights. */
		weighted: (weights: readonly number[]) => {
			let left = next() * weights.reduce((sum, weight) => sum + weight, 0);
			for (const [index, weight] of weights.entries()) {
				left -= weight;
				if (left < 0) return index;
			}
			return weights.length - 1;
		}
	};
}
