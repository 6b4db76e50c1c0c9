import { now } from '#lib/server/clock.ts';

/** Answers cached at once. */
const MOST = 500;

/**
 * Caches the answer of a query for `ms` milliseconds, for each name that it is asked with. Callers during the query wait for the
 * same answer.
 */
export function cachedFor<T>(ms: number, ask: (name: string) => Promise<T>): (name?: string) => Promise<T> {
	const cached = new Map<string, { until: number; answer: Promise<T> }>();
	return (name = '') => {
		const at = now().getTime();
		const known = cached.get(name);
		if (known && known.until > at) return known.answer;
		if (cached.size >= MOST) cached.clear();
		const answer = ask(name);
		cached.set(name, { until: at + ms, answer });
		// After a failure, the next caller asks again.
		answer.catch(() => cached.get(name)?.answer === answer && cached.delete(name));
		return answer;
	};
}
