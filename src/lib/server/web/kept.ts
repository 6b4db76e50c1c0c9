import { now } from '../clock.ts';

const MOST = 500;

/**
 * Caches each look-up for `ms` milliseconds, for pages that everybody reads. Nobody notices the delay, and a busy counter
 * saves queries.
 */
export function keptFor<T>(ms: number, look: (name: string) => Promise<T>): (name: string) => Promise<T> {
	const seen = new Map<string, { until: number; found: Promise<T> }>();
	return (name) => {
		const at = now().getTime();
		const kept = seen.get(name);
		if (kept && kept.until > at) return kept.found;
		if (seen.size >= MOST) seen.clear();
		const found = look(name);
		seen.set(name, { until: at + ms, found });
		// After a failure, the next caller looks it up again.
		found.catch(() => seen.delete(name));
		return found;
	};
}
