import type { RequestEvent } from '@sveltejs/kit';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '#lib/calendar/durations.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { caseForReporter, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { caseByReceipt, type VisitedCase } from '#lib/server/cases/find-by-receipt.ts';
import { type TrackedCase } from '#lib/server/cases/visibility.ts';
import { isInTrial, mayPractise } from '#lib/server/people/units/trial.ts';
import { placeByCode, type ScannedPlace } from '#lib/server/places/places.ts';
import { encryptedCookie } from './encrypted-cookie.ts';

/** The place where the person is, from a scanned or typed code. */
export const placeCookie = encryptedCookie<{ code: string }>('tempat', 12 * HOUR_SECONDS);

/** The paired device. Each use extends it by a year, until the device is withdrawn. */
export const kioskCookie = encryptedCookie<{ kioskId: string }>('kiosk', 365 * DAY_SECONDS);

/**
 * Last receipt of this browser, so that it can be shown again until the person has written it down. After that it
 * holds the office's slug and the day by which the office first replies. `of`: submission id of the form that was sent.
 */
export const receiptCookie = encryptedCookie<
	{ receipt: string; of?: string } | { office: string; reply: string | null }
>('terima', 30 * MINUTE_SECONDS);

/** The case open in this browser, and its reporter's previous visit. */
export const trackCookie = encryptedCookie<TrackedCase & { since: string | null }>('lacak', 30 * MINUTE_SECONDS);

/** The scanned place, if it is in use and belongs to the office. Its code may have been renewed since the scan. */
export async function scannedPlace(event: RequestEvent, unitId: string): Promise<ScannedPlace | null> {
	const cookie = await placeCookie.read(event.cookies);
	if (!cookie) return null;
	const result = await placeByCode(cookie.code, { earlier: true });
	return 'found' in result && result.found.unit.id === unitId ? result.found : null;
}

/**
 * The receipt to show and its case; undefined if this browser sent no report in the last 30 minutes.
 *
 * @param clears whether an invalid receipt is removed, as pages do. The response of a download can arrive after another
 *   report was sent, and would remove its receipt.
 */
export async function sentLately(
	event: RequestEvent,
	{ clears = true } = {}
): Promise<{ receipt: string; found: CaseWithUnit } | undefined> {
	const cookie = await receiptCookie.read(event.cookies);
	if (!cookie || !('receipt' in cookie)) return undefined;
	try {
		const { found } = await caseByReceipt(cookie.receipt);
		return { receipt: cookie.receipt, found };
	} catch (cause) {
		if (!(cause instanceof Invalid)) throw cause;
		// The receipt was renewed at the counter, so the old one is invalid.
		if (clears) receiptCookie.clear(event.cookies);
		return undefined;
	}
}

/**
 * Address of the page that asks for a receipt because no case, or another one, is open in this browser. It names the
 * office of the last scanned place, so that the page has its contacts.
 *
 * @param why the value of `?habis` for that page
 */
export async function askForReceipt({ cookies }: RequestEvent, why?: 'kirim' | 'lain'): Promise<string> {
	const cookie = await placeCookie.read(cookies);
	const place = cookie && (await placeByCode(cookie.code, { earlier: true }));
	const office = place && 'found' in place ? `&kantor=${place.found.unit.slug}` : '';
	return `/lacak?habis${why ? `=${why}` : ''}${office}`;
}

/** Opens a case in this browser. */
export const startTrack = ({ cookies }: RequestEvent, { caseId, receiptHash, seenAt }: VisitedCase) =>
	trackCookie.write(cookies, { caseId, receiptHash, since: seenAt?.toISOString() ?? null });

/**
 * The case open in this browser. Undefined without one, or if its receipt was renewed since, or it is practice of others.
 *
 * @param renews whether this visit extends it by 30 minutes, as pages and forms do. Files and scripts don't: their response
 *   can arrive after the person has closed the report or opened another one, and would open this one again.
 */
export async function openTrack(event: RequestEvent, { renews = true } = {}) {
	const cookie = await trackCookie.read(event.cookies);
	if (!cookie) return undefined;
	const { caseId, receiptHash, since } = cookie;
	try {
		const found = await caseForReporter({ caseId, receiptHash });
		// Only people who take part in a trial may follow its reports.
		if (isInTrial(found.unit) && !(await mayPractise(found.unit, event.locals.actor))) throw new NotFound();
		if (renews) await trackCookie.write(event.cookies, { caseId, receiptHash, since });
		return { caseId, receiptHash, since, found };
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		if (renews) trackCookie.clear(event.cookies);
		return undefined;
	}
}
