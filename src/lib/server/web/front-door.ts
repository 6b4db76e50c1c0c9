import { now } from '#lib/server/clock.ts';
import { firstReplyPromise } from '#lib/server/cases/clocks/promise.ts';
import { publicPage, publicPageOf } from '#lib/server/insight/public-page.ts';
import { openOffice, openOffices } from '#lib/server/people/units/offices.ts';
import { skmOffice } from '#lib/server/skm/office.ts';

/** Names cached at once. */
const MOST = 500;

/**
 * Caches each look-up for `ms` milliseconds, for pages that everybody reads. Nobody notices the delay, and a busy counter
 * saves queries.
 */
function keptFor<T>(ms: number, look: (name: string) => Promise<T>): (name: string) => Promise<T> {
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

/** Milliseconds for which a front door is cached. */
const FRESH_MS = 1000;

async function look(name: string) {
	const unit = await openOffice(name);
	const [promised, offices, survey, page] = await Promise.all([
		firstReplyPromise(unit, 'complaint'),
		openOffices(),
		skmOffice(unit.id),
		publicPageOf(unit.id)
	]);
	return { unit, promised, others: offices.length > 1, surveyed: survey !== undefined, figures: page.active };
}

/**
 * Loads an office by code or slug with the facts of its front door: the promised reply time, whether there are other offices,
 * a survey, and public figures.
 */
export const frontDoor = keptFor(FRESH_MS, look);

/** Loads the public figures of an office. @throws NotFound if it has none */
export const figuresForAll = keptFor(FRESH_MS, publicPage);
