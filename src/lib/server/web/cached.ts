import { now } from '#lib/server/clock.ts';

/** Largest number of cached results. */
const MAX_ENTRIES = 500;

/** Caches the result of a query for `ms` milliseconds per name. Callers during the query wait for the same result. */
export function cachedFor<T>(ms: number, query: (name: string) => Promise<T>): (name?: string) => Promise<T> {
	const cached = new Map<string, { until: number; result: Promise<T> }>();
	return (name = '') => {
		const at = now().getTime();
		const known = cached.get(name);
		if (known && known.until > at) return known.result;
		if (cached.size >= MAX_ENTRIES) cached.clear();
		const result = query(name);
		cached.set(name, { until: at + ms, result });
		// After a failure, the next caller repeats the query.
		result.catch(() => cached.get(name)?.result === result && cached.delete(name));
		return result;
	};
}
