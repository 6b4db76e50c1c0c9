type Query = Record<string, string | null | undefined>;

/** Builds an address that keeps the present query with some changes. Null, undefined and '' remove a parameter. */
export function withQuery(path: string, query: Query, changes: Query = {}): string {
	const parameters = Object.entries({ ...query, ...changes }).flatMap(([name, value]) =>
		value ? [[name, value]] : []
	);
	return parameters.length > 0 ? `${path}?${new URLSearchParams(parameters)}` : path;
}

/** Path and query of a page, without the name of a form action (`?/change`), which a browser can't open. */
export function withoutAction({ pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>): string {
	const query = new URLSearchParams([...searchParams].filter(([name]) => !name.startsWith('/')));
	return query.size > 0 ? `${pathname}?${query}` : pathname;
}
