interface Row {
	id: number;
	reference: string;
}

/**
 * Merges the latest list into the shown rows. Every row keeps its position. Rows in `active` (under the pointer or with the
 * focus) are not updated. Rows missing from the latest list stay until the person loads it.
 */
export function mergeRows<R extends Row>(shown: readonly R[], latest: readonly R[], active: ReadonlySet<string>): R[] {
	const byId = new Map(latest.map((row) => [row.id, row]));
	return shown.map((row) => (active.has(row.reference) ? row : (byId.get(row.id) ?? row)));
}

export interface ReceivedEvents {
	opened: ReadonlySet<string>;
	/** References that changed. If events were missed, also every reference that is new to the list. */
	changed: ReadonlySet<string>;
}

/**
 * References to announce: changed reports that entered the list. Reports that only moved up because another left the list
 * are not announced. `unfiltered`: also every new report, even on a later page.
 */
export function referencesToAnnounce<R extends Row>(
	shown: readonly R[],
	latest: readonly R[],
	events: ReceivedEvents,
	unfiltered: boolean
): string[] {
	const known = new Set(shown.map(({ reference }) => reference));
	const entered = latest.flatMap(({ reference }) =>
		!known.has(reference) && events.changed.has(reference) ? [reference] : []
	);
	const onOtherPages = unfiltered ? [...events.opened].filter((reference) => !known.has(reference)) : [];
	return [...new Set([...entered, ...onOtherPages])];
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
