/** An address of the insight room that keeps what was chosen; undefined and '' drop a choice. */
export function insightAddress(
	path: string,
	chosen: Record<string, string | undefined>,
	changes: Record<string, string | undefined> = {}
): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries({ ...chosen, ...changes })) {
		if (value !== undefined && value !== '') query.set(name, value);
	}
	return `${path}?${query}`;
}

/** The scope for an address: an office alone is what an address means that says nothing. */
export const keptScope = ({ scope }: { scope?: string | undefined }) => ({
	scope: scope === 'tree' ? scope : undefined
});
