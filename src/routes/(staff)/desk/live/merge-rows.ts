interface Row {
	id: number;
	reference: string;
}

/**
 * What a list shows after it was asked for again: each row stands where it stood. One that is under the pointer or has the
 * focus stays as it is; one that the new list no longer has stays too, until the person takes the new list.
 */
export function mergeRows<R extends Row>(shown: readonly R[], fresh: readonly R[], held: ReadonlySet<string>): R[] {
	const byId = new Map(fresh.map((row) => [row.id, row]));
	return shown.map((row) => (held.has(row.reference) ? row : (byId.get(row.id) ?? row)));
}

export interface Heard {
	opened: ReadonlySet<string>;
	/** All that something happened to, or whatever came into the list where events may have been missed. */
	touched: ReadonlySet<string>;
}

/**
 * The reports to announce: those that came into the list because something happened to them, and where the list is the
 * whole inbox also new ones that stand on a later page. What only moved up because another left is no news.
 */
export function newcomers<R extends Row>(
	shown: readonly R[],
	fresh: readonly R[],
	heard: Heard,
	whole: boolean
): string[] {
	const known = new Set(shown.map(({ reference }) => reference));
	const entered = fresh.flatMap(({ reference }) =>
		!known.has(reference) && heard.touched.has(reference) ? [reference] : []
	);
	const elsewhere = whole ? [...heard.opened].filter((reference) => !known.has(reference)) : [];
	return [...new Set([...entered, ...elsewhere])];
}

/** Rows that something happened to and that the new list no longer has. */
export function leavers<R extends Row>(shown: readonly R[], fresh: readonly R[], heard: Heard): string[] {
	const there = new Set(fresh.map(({ reference }) => reference));
	return shown.flatMap(({ reference }) => (!there.has(reference) && heard.touched.has(reference) ? [reference] : []));
}
