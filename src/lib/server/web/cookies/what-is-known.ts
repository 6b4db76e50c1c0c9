import type { Cookies } from '@sveltejs/kit';
import { SERVICE_KINDS, type ServiceKind } from '#lib/cases/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { sealedCookie } from './sealed-cookie.ts';

/**
 * Officer and service that the complaint form fills in. They are stored in sealed cookies and never in an address, which would
 * stay in logs and in the history of a shared phone and reveal what somebody thought of an officer.
 */
export interface Known {
	officer?: string;
	service?: ServiceKind;
}

const MINUTES = 60;

/** Set by a tablet's code, for the form on the visitor's own phone. */
const knownCookie = sealedCookie<{ officer?: string }>('diketahui', 15 * MINUTES);

/** Set by a rating of 1 or 2, for the thank-you page and then the form. */
const invitationCookie = sealedCookie<{ officer?: string; service?: ServiceKind; shown: boolean }>(
	'undangan',
	5 * MINUTES
);

/** Stores the officer of a tablet's code and deletes that of an earlier code. */
export async function rememberOfficer(cookies: Cookies, officer: string | null): Promise<void> {
	if (officer && isUuid(officer)) await knownCookie.write(cookies, { officer });
	else knownCookie.clear(cookies);
}

/** Lets the thank-you page offer the complaint form once. */
export async function inviteToComplain(cookies: Cookies, officer?: string, service?: string): Promise<void> {
	const kind = SERVICE_KINDS.find((one) => one === service);
	await invitationCookie.write(cookies, {
		...(officer ? { officer } : {}),
		...(kind ? { service: kind } : {}),
		shown: false
	});
}

/** Whether the thank-you page offers the complaint form: only on its first visit, so that Back does not show it. */
export async function showInvitation(cookies: Cookies): Promise<boolean> {
	const kept = await invitationCookie.read(cookies);
	if (!kept || kept.shown) return false;
	await invitationCookie.write(cookies, { ...kept, shown: true });
	return true;
}

/** Deletes an invitation, because the next visitor of the front door may be another person. */
export const dropInvitation = (cookies: Cookies): void => invitationCookie.clear(cookies);

/** Reads and deletes the values for the complaint form. */
export async function takeKnown(cookies: Cookies): Promise<Known> {
	const known: Known = (await invitationCookie.read(cookies)) ?? (await knownCookie.read(cookies)) ?? {};
	const { officer, service } = known;
	invitationCookie.clear(cookies);
	knownCookie.clear(cookies);
	return { ...(officer ? { officer } : {}), ...(service ? { service } : {}) };
}
