import { firstReplyPromise } from '../cases/promise.ts';
import { publicPage, publicPageOf } from '../insight/public-page.ts';
import { openOffice, openOffices } from '../people/offices.ts';
import { skmOffice } from '../skm/office.ts';
import { keptFor } from './kept.ts';

/** How long a front door may lag behind a change of its office. */
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
 * An office by code or slug with what its front door says: the promise, whether there are others to choose, whether it
 * runs the satisfaction survey and shows its figures.
 */
export const frontDoor = keptFor(FRESH_MS, look);

/** What an office tells everybody of its reports. @throws NotFound if it tells nothing */
export const figuresForAll = keptFor(FRESH_MS, publicPage);
