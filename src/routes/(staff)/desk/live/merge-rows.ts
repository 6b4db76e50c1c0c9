interface Row {
	id: number;
	reference: string;
}

/**
 * Merges the latest list into the shown rows. Every row keeps its position. Rows in `active` (under the pointer or with the
 * focus) are not updated. Rows that the latest list does not have stay until the person shows the new list.
 */
export function mergeRows<R extends Row>(shown: readonly R[], latest: readonly R[], active: ReadonlySet<string>): R[] {
	const byId = new Map(latest.map((row) => [row.id, row]));
	return shown.map((row) => (active.has(row.reference) ? row : (byId.get(row.id) ?? row)));
}

export interface ReceivedEvents {
	opened: ReadonlySet<string>;
	/** References with any event; after missed events also all references that are new in the list. */
	changed: ReadonlySet<string>;
}

/**
 * References to announce: reports with an event that are new in the list, and in the unfiltered inbox also new reports on a
 * later page. Reports that only moved up because another left the list are not announced.
 */
export function referencesToAnnounce<R extends Row>(
	shown: readonly R[],
	latest: readonly R[],
	events: ReceivedEvents,
	whole: boolean
): string[] {
	const known = new Set(shown.map(({ reference }) => reference));
	const entered = latest.flatMap(({ reference }) =>
		!known.has(reference) && events.changed.has(reference) ? [reference] : []
	);
	const elsewhere = whole ? [...events.opened].filter((reference) => !known.has(reference)) : [];
	return [...new Set([...entered, ...elsewhere])];
}

/** References of shown rows with an event that the latest list no longer has. */
export function removedReferences<R extends Row>(
	shown: readonly R[],
	latest: readonly R[],
	events: ReceivedEvents
): string[] {
	const latestReferences = new Set(latest.map(({ reference }) => reference));
	return shown.flatMap(({ reference }) =>
		!latestReferences.has(reference) && events.changed.has(reference) ? [reference] : []
	);
}
