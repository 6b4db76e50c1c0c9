type Chosen = Record<string, string | null | undefined>;

/** An address that keeps what was chosen, with some of it changed; null, undefined and '' drop a choice. */
export function withQuery(path: string, chosen: Chosen, changes: Chosen = {}): string {
	const kept = Object.entries({ ...chosen, ...changes }).flatMap(([name, value]) => (value ? [[name, value]] : []));
	return kept.length > 0 ? `${path}?${new URLSearchParams(kept)}` : path;
}
