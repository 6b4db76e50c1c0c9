type Query = Record<string, string | null | undefined>;

/** Builds an address that keeps the present query with some changes. Null, undefined and '' remove a parameter. */
export function withQuery(path: string, query: Query, changes: Query = {}): string {
	const parameters = Object.entries({ ...query, ...changes }).flatMap(([name, value]) =>
		value ? [[name, value]] : []
	);
	return parameters.length > 0 ? `${path}?${new URLSearchParams(parameters)}` : path;
}
