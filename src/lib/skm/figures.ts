import { z } from 'zod';
import { ikmOf, emptySums, SKM_GRADES, addSums, type SkmSums } from './satisfaction-index.ts';
import { LEAST_GROUP, mergeSmallGroups, type GroupCount } from './respondents.ts';
import { byFact, SKM_ELEMENTS, SKM_FACTS, type SkmFact } from './vocabulary.ts';

/** Minimum number of forms of a published index. With fewer it would reveal the answers of single people. */
export const LEAST_PUBLISHED = LEAST_GROUP;

export interface SkmTally extends SkmSums {
	/** Number of held forms, and of voided forms. */
	held: number;
	voided: number;
}

export function emptyTally(): SkmTally {
	return { ...emptySums(), held: 0, voided: 0 };
}

/** Adds the tallies of two offices, or of two periods without a common day. */
export function addTallies(a: SkmTally, b: SkmTally): SkmTally {
	return { ...addSums(a, b), held: a.held + b.held, voided: a.voided + b.voided };
}

const whole = z.int().nonnegative();
const respondents = z.object({
	groups: z.array(z.object({ value: z.string().nullable(), n: whole })),
	others: whole
});

/** Survey figures as shown on a page. The index is always shown with the number of forms. */
const skmFigures = z.object({
	n: whole,
	sums: z.record(z.enum(SKM_ELEMENTS), whole),
	ikm: z.object({ hundredths: whole, grade: z.enum(SKM_GRADES) }).nullable(),
	held: whole,
	voided: whole
});
export type SkmFigures = z.output<typeof skmFigures>;

const respondentGroups = z.object(byFact(() => respondents));
export type SkmRespondents = z.output<typeof respondentGroups>;

/** Figures as stored in a publication, with the groups of respondents; null if it overlaps an earlier publication. */
export const publishedFigures = skmFigures.extend({ respondents: respondentGroups.nullable() });

export const figuresOf = (tally: SkmTally): SkmFigures => ({ ...tally, ikm: ikmOf(tally) });

/** Numbers of respondents by fact and value; '' means no answer. */
export type FactCounts = Record<SkmFact, Record<string, number>>;

/** The groups of respondents in the order of the form, with small ones merged. */
export function respondentsOf(counts: FactCounts): SkmRespondents {
	return byFact((fact) => {
		const values: readonly string[] = SKM_FACTS[fact];
		const groups: GroupCount[] = [...values, null].map((value) => ({ value, n: counts[fact][value ?? ''] ?? 0 }));
		return mergeSmallGroups(groups.filter(({ n }) => n > 0));
	});
}
