/**
 * Below this many people a group is not told apart from others, on any page: in a small town four farmers above sixty are
 * names, not a number.
 */
export const LEAST_GROUP = 5;

export interface GroupCount {
	value: string | null;
	n: number;
}

/**
 * Groups large enough stay; the small ones are added up. Where even their sum is small, the smallest of the large groups
 * joins them: else it could be found by taking the others from the whole. Empty groups look like small ones. Having said
 * nothing tells nothing of anybody, so those are no group to hide.
 *
 * @returns `groups` in the order they were given; `others`: everybody else together
 */
export function tellApart(counts: readonly GroupCount[]) {
	const said = counts.filter(({ value }) => value !== null);
	const kept = new Set(said.filter(({ n }) => n >= LEAST_GROUP));
	const sumOfOthers = () => said.reduce((sum, group) => sum + (kept.has(group) ? 0 : group.n), 0);
	while (kept.size > 0 && sumOfOthers() > 0 && sumOfOthers() < LEAST_GROUP) {
		const smallest = [...kept].reduce((least, group) => (group.n < least.n ? group : least));
		kept.delete(smallest);
	}
	const shown = (group: GroupCount) => kept.has(group) || (group.value === null && group.n > 0);
	return { groups: counts.filter(shown), others: sumOfOthers() };
}
