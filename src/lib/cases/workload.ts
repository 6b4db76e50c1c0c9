/** Somebody who may be given a report, with how much they have. */
export interface Loaded {
	id: string;
	name: string;
	/** Open reports that are theirs. */
	open: number;
	absent: boolean;
}

/** The present person with the fewest open cases; equals are ordered by name, then id, so the result is stable. */
export function lightest<P extends Loaded>(people: readonly P[]): P | undefined {
	return people
		.filter((person) => !person.absent)
		.sort((a, b) => a.open - b.open || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))[0];
}
