/** Somebody who may be given a report, with how much they have. */
export interface Loaded {
	id: string;
	name: string;
	/** Open reports that are theirs. */
	open: number;
	absent: boolean;
}

/** Who has least to do of those who are there; of equals the one first in the alphabet, then by id: always the same. */
export function lightest<P extends Loaded>(people: readonly P[]): P | undefined {
	return people
		.filter((person) => !person.absent)
		.sort((a, b) => a.open - b.open || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))[0];
}
