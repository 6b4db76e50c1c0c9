import { z } from 'zod';
import { ikmOf, noAnswers, SKM_GRADES, together, type SkmSums } from './satisfaction-index.ts';
import { LEAST_GROUP, tellApart, type GroupCount } from './respondents.ts';
import { byFact, SKM_ELEMENTS, SKM_FACT_NAMES, SKM_FACTS, type SkmFact } from './vocabulary.ts';

/** An index from fewer forms than this is not published: it would show what single people answered. */
export const LEAST_PUBLISHED = LEAST_GROUP;

export interface SkmTally extends SkmSums {
	/** By fact and by what was said: '' stands for nothing. */
	said: Record<SkmFact, Record<string, number>>;
	/** Forms that wait for a manager, and forms that were decided not to count. */
	held: number;
	voided: number;
}

export function emptyTally(): SkmTally {
	return {
		...noAnswers(),
		said: byFact(() => ({})),
		held: 0,
		voided: 0
	};
}

/** Two offices, or two periods without a common day, as one. */
export function tallyTogether(a: SkmTally, b: SkmTally): SkmTally {
	const sum = { ...emptyTally(), ...together(a, b), held: a.held + b.held, voided: a.voided + b.voided };
	for (const fact of SKM_FACT_NAMES) {
		for (const { said } of [a, b]) {
			for (const [value, n] of Object.entries(said[fact])) sum.said[fact][value] = (sum.said[fact][value] ?? 0) + n;
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
 * What a page shows of an office and a period, and what a publication freezes. The index never goes without the number of
 * forms, and the respondents stand beside it with small groups added up.
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
		respondents: byFact((fact) => tellApart(groupsOf(tally, fact))),
		held,
		voided
	};
}

function groupsOf({ said }: SkmTally, fact: SkmFact): GroupCount[] {
	const values: readonly string[] = SKM_FACTS[fact];
	return [
		...values.map((value) => ({ value, n: said[fact][value] ?? 0 })),
		{ value: null, n: said[fact][''] ?? 0 }
	].filter(({ n }) => n > 0);
}
