/** Smaller groups are never shown separately: four farmers above sixty could be recognised. */
export const LEAST_GROUP = 5;

export interface GroupCount {
	value: string | null;
	n: number;
}

/**
 * Keeps large groups and adds up the small ones. While the sum of the small groups is below `LEAST_GROUP`, the smallest
 * large group joins them, because the sum could otherwise be computed from the total. Empty groups are treated like
 * small ones. The number of people who gave no answer says nothing about them, so it is always shown.
 * @returns `groups` in the order of the input; `others`: the sum of all other groups
 */
export function mergeSmallGroups(counts: readonly GroupCount[]) {
	const answered = counts.filter(({ value }) => value !== null);
	const large = new Set(answered.filter(({ n }) => n >= LEAST_GROUP));
	const sumOfOthers = () => answered.reduce((sum, group) => sum + (large.has(group) ? 0 : group.n), 0);
	while (large.size > 0 && sumOfOthers() > 0 && sumOfOthers() < LEAST_GROUP) {
		const smallest = [...large].reduce((least, group) => (group.n < least.n ? group : least));
		large.delete(smallest);
	}
	const shown = (group: GroupCount) => large.has(group) || (group.value === null && group.n > 0);
	return { groups: counts.filter(shown), others: sumOfOthers() };
}
