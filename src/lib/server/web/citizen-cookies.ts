import type { RequestEvent } from '@sveltejs/kit';
import { NotFound } from '../errors.ts';
import { caseByReceipt, requireTracked, type TrackedCase } from '../cases/track.ts';
import { placeByCode, type ScannedPlace } from '../places/scan.ts';
import { sealedCookie } from './sealed-cookie.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Where the person stands, from a scanned or typed code. */
export const placeCookie = sealedCookie<{ code: string }>('tempat', 12 * HOUR);

/** Which paired device this is; while it is in use the year begins again, until it is withdrawn. */
export const kioskCookie = sealedCookie<{ kioskId: string }>('kiosk', 365 * 24 * HOUR);

/** What was sent last from this browser, so that its receipt can be shown again until it is noted. */
export const receiptCookie = sealedCookie<{ receipt: string }>('terima', 30 * MINUTE);

/** Which case is open here, and since when its reporter had not looked at it. */
export const trackCookie = sealedCookie<TrackedCase & { since: string | null }>('lacak', 30 * MINUTE);
export type OpenTrack = TrackedCase & { since: string | null };

/** The scanned place, while its code is in use and where it belongs to that office. */
export async function scannedPlace(event: RequestEvent, unitId: string): Promise<ScannedPlace | null> {
	const kept = await placeCookie.read(event.cookies);
	if (!kept) return null;
	const answer = await placeByCode(kept.code);
	return 'found' in answer && answer.found.unit.id === unitId ? answer.found : null;
}

/** The receipt to show and the case it opens; undefined if none was sent from here lately. */
export async function sentLately(event: RequestEvent): Promise<{ receipt: string; tracked: TrackedCase } | undefined> {
	const kept = await receiptCookie.read(event.cookies);
	if (!kept) return undefined;
	try {
		return { receipt: kept.receipt, tracked: await caseByReceipt(kept.receipt) };
	} catch {
		// Renewed at the counter meanwhile: the old one opens nothing.
		receiptCookie.clear(event.cookies);
		return undefined;
	}
}

/**
 * The case that is open in this browser; each look gives it another 30 minutes. Undefined if none is, or where its
 * receipt has died since.
 */
export async function openTrack(event: RequestEvent): Promise<OpenTrack | undefined> {
	const kept = await trackCookie.read(event.cookies);
	if (!kept) return undefined;
	const { caseId, receiptHash, since } = kept;
	try {
		await requireTracked({ caseId, receiptHash });
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		trackCookie.clear(event.cookies);
		return undefined;
	}
	await trackCookie.write(event.cookies, { caseId, receiptHash, since });
	return { caseId, receiptHash, since };
}
