import { firstReplyPromise } from '#lib/server/cases/clocks/view-clocks.ts';
import { publicPage, publicPageOf } from '#lib/server/insight/public-page.ts';
import { openOffice, openOffices } from '#lib/server/people/units/find-unit.ts';
import { skmOffice } from '#lib/server/skm/office.ts';
import { cachedFor } from './cached.ts';

/** Milliseconds. Visitors don't notice data of this age, and a busy counter saves queries. */
const FRESH_MS = 1000;

/**
 * Loads an office by code or slug with the facts of its front door: the promised reply time, whether there are other offices,
 * a survey, and public figures.
 */
export const frontDoor = cachedFor(FRESH_MS, async (name) => {
	const unit = await openOffice(name);
	const [promised, offices, survey, page] = await Promise.all([
		firstReplyPromise(unit, 'complaint'),
		openOffices(),
		skmOffice(unit.id),
		publicPageOf(unit.id)
	]);
	return { unit, promised, others: offices.length > 1, surveyed: survey !== undefined, figures: page.active };
});

/** Loads the public figures of an office. @throws NotFound if it has none */
export const figuresForAll = cachedFor(FRESH_MS, publicPage);
