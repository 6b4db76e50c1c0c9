import type { Cookies } from '@sveltejs/kit';
import { MINUTE_SECONDS } from '#lib/calendar/durations.ts';
import { SERVICE_KINDS, type ServiceKind } from '#lib/cases/vocabulary.ts';
import type { Score } from '#lib/ratings/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { encryptedCookie } from './encrypted-cookie.ts';

/**
 * Officer and service that are prefilled in the complaint form. They are stored in encrypted cookies and never in an
 * address. An address would stay in logs and in the history of a shared phone, and reveal what somebody thought of an
 * officer.
 */
export interface ComplaintPrefill {
	officer?: string;
	service?: ServiceKind;
}

/** Set by a tablet's code, for the form on the visitor's own phone. */
const officerCookie = encryptedCookie<{ officer?: string }>('diketahui', 15 * MINUTE_SECONDS);

/** Up to this score, the thank-you page offers the complaint form. */
const LOW = 2;

/** Set by a rating, for the thank-you page. After a low score it stays for the complaint form, without the score. */
const invitationCookie = encryptedCookie<{
	score?: Score;
	officer?: string;
	service?: ServiceKind;
	commented?: boolean;
	/** The complaint form was opened. */
	opened?: true;
}>('undangan', 5 * MINUTE_SECONDS);

/** Stores the officer of a tablet's code and deletes that of an earlier code. */
export async function rememberOfficer(cookies: Cookies, officer: string | null): Promise<void> {
	if (officer && isUuid(officer)) await officerCookie.write(cookies, { officer });
	else officerCookie.clear(cookies);
}

/** Stores a rating for the thank-you page. */
export async function rememberRating(
	cookies: Cookies,
	score: Score,
	{ officer, service, commented }: { officer?: string; service?: string; commented?: boolean }
): Promise<void> {
	const kind = SERVICE_KINDS.find((candidate) => candidate === service);
	await invitationCookie.write(cookies, { score, officer, service: kind, commented });
}

/**
 * The rating that the thank-you page shows, and whether it offers the complaint form. Undefined after the first visit,
 * so that Back shows neither.
 *
 * @param again the address names a language: after a low score the page still offers the form, without the score, for
 * the five minutes after its first visit
 */
export async function takeRating(cookies: Cookies, again = false) {
	const invitation = await invitationCookie.read(cookies);
	if (!invitation || invitation.opened || (invitation.score === undefined && !again)) return undefined;
	const { score, commented = false, ...known } = invitation;
	const isLow = (score ?? LOW) <= LOW;
	if (!isLow) invitationCookie.clear(cookies);
	else if (score !== undefined) await invitationCookie.write(cookies, known);
	return { score, commented, officer: known.officer, isLow };
}

/** Deletes an invitation, because the next visitor of the office page may be another person. */
export const dropInvitation = (cookies: Cookies): void => invitationCookie.clear(cookies);

/**
 * The values for the complaint form. Its second visit deletes them, because its visitor may be another person.
 *
 * @param again the same person returns to the form, so it keeps its values, for five minutes
 */
export async function takeComplaintPrefill(cookies: Cookies, again = false): Promise<ComplaintPrefill> {
	const invitation = await invitationCookie.read(cookies);
	// After a better score the form is not prefilled, even if the thank-you page never loaded.
	const isInvited = invitation && (invitation.score ?? LOW) <= LOW && (again || !invitation.opened);
	const { officer, service }: ComplaintPrefill = isInvited ? invitation : ((await officerCookie.read(cookies)) ?? {});
	officerCookie.clear(cookies);
	const known = { ...(officer ? { officer } : {}), ...(service ? { service } : {}) };
	if (Object.keys(known).length > 0) await invitationCookie.write(cookies, { ...known, opened: true });
	else invitationCookie.clear(cookies);
	return known;
}
