import type { Cookies } from '@sveltejs/kit';
import { SERVICE_KINDS, type ServiceKind } from '#lib/cases/vocabulary.ts';
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

const MINUTES = 60;

/** Set by a tablet's code, for the form on the visitor's own phone. */
const officerCookie = encryptedCookie<{ officer?: string }>('diketahui', 15 * MINUTES);

/** Set by a rating of 1 or 2, for the thank-you page and then the form. */
const invitationCookie = encryptedCookie<{ officer?: string; service?: ServiceKind; shown: boolean }>(
	'undangan',
	5 * MINUTES
);

/** Stores the officer of a tablet's code and deletes that of an earlier code. */
export async function rememberOfficer(cookies: Cookies, officer: string | null): Promise<void> {
	if (officer && isUuid(officer)) await officerCookie.write(cookies, { officer });
	else officerCookie.clear(cookies);
}

/** Lets the thank-you page offer the complaint form once. */
export async function inviteToComplain(cookies: Cookies, officer?: string, service?: string): Promise<void> {
	const kind = SERVICE_KINDS.find((candidate) => candidate === service);
	const known = { ...(officer ? { officer } : {}), ...(kind ? { service: kind } : {}) };
	await invitationCookie.write(cookies, { ...known, shown: false });
}

/** Whether the thank-you page offers the complaint form: only on its first visit, so that Back does not show it. */
export async function showInvitation(cookies: Cookies): Promise<boolean> {
	const invitation = await invitationCookie.read(cookies);
	if (!invitation || invitation.shown) return false;
	await invitationCookie.write(cookies, { ...invitation, shown: true });
	return true;
}

/** Deletes an invitation, because the next visitor of the front door may be another person. */
export const dropInvitation = (cookies: Cookies): void => invitationCookie.clear(cookies);

/** Reads and deletes the values for the complaint form. */
export async function takeComplaintPrefill(cookies: Cookies): Promise<ComplaintPrefill> {
	const { officer, service }: ComplaintPrefill =
		(await invitationCookie.read(cookies)) ?? (await officerCookie.read(cookies)) ?? {};
	invitationCookie.clear(cookies);
	officerCookie.clear(cookies);
	return { ...(officer ? { officer } : {}), ...(service ? { service } : {}) };
}
