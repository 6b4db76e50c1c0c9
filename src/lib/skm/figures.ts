import { z } from 'zod';
import { ikmOf, emptySums, SKM_GRADES, addSums, type SkmSums } from './satisfaction-index.ts';
import { LEAST_GROUP, mergeSmallGroups, type GroupCount } from './respondents.ts';
import { byFact, SKM_ELEMENTS, SKM_FACT_NAMES, SKM_FACTS, type SkmFact } from './vocabulary.ts';

/** Minimum number of forms of a published index. With fewer it would reveal the answers of single people. */
export const LEAST_PUBLISHED = LEAST_GROUP;

export interface SkmTally extends SkmSums {
	/** Numbers of respondents by fact and value; '' means no answer. */
	facts: Record<SkmFact, Record<string, number>>;
	/** Number of held forms, and of voided forms. */
	held: number;
	voided: number;
}

export function emptyTally(): SkmTally {
	return {
		...emptySums(),
		facts: byFact(() => ({})),
		held: 0,
		voided: 0
	};
}

/** Adds the tallies of two offices, or of two periods without a common day. */
export function addTallies(a: SkmTally, b: SkmTally): SkmTally {
	const sum = { ...emptyTally(), ...addSums(a, b), held: a.held + b.held, voided: a.voided + b.voided };
	for (const fact of SKM_FACT_NAMES) {
		for (const { facts } of [a, b]) {
			for (const [value, n] of Object.entries(facts[fact])) sum.facts[fact][value] = (sum.facts[fact][value] ?? 0) + n;
		}
	}
	return sum;
}

const whole = z.int().nonnegative();
const respondents = z.object({
	groups: z.array(z.object({ value: z.string().nullable(), n: whole })),
	others: whole
});

/**
 * Survey figures as shown on a page and stored in a publication. The index is always with the number of forms. Small
 * groups of respondents are merged.
 */
export const skmFigures = z.object({
	n: whole,
	sums: z.record(z.enum(SKM_ELEMENTS), whole),
	ikm: z.object({ hundredths: whole, grade: z.enum(SKM_GRADES) }).nullable(),
	respondents: z.object(byFact(() => respondents)),
	held: whole,
	voided: whole
});
export type SkmFigures = z.output<typeof skmFigures>;
export type SkmRespondents = SkmFigures['respondents'];

export function figuresOf(tally: SkmTally): SkmFigures {
	const { n, sums, held, voided } = tally;
	return {
		n,
		sums,
		ikm: ikmOf(tally),
		respondents: byFact((fact) => mergeSmallGroups(groupsOf(tally, fact))),
		held,
		voided
	};
}

function groupsOf({ facts }: SkmTally, fact: SkmFact): GroupCount[] {
	const values: readonly string[] = SKM_FACTS[fact];
	return [
		...values.map((value) => ({ value, n: facts[fact][value] ?? 0 })),
		{ value: null, n: facts[fact][''] ?? 0 }
	].filter(({ n }) => n > 0);
}
