import type { Cookies } from '@sveltejs/kit';
import { SERVICE_KINDS, type ServiceKind } from '#lib/cases/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { sealedCookie } from './sealed-cookie.ts';

/**
 * Which officer and which service the complaint form fills in. They travel in sealed cookies and never in an address,
 * which would stay in the history of a shared phone and in logs and tell what somebody thought of an officer.
 */
export interface Known {
	officer?: string;
	service?: ServiceKind;
}

const MINUTES = 60;

/** From a tablet's code to the form on the visitor's own phone. */
const knownCookie = sealedCookie<{ officer?: string }>('diketahui', 15 * MINUTES);

/** From a rating of 1 or 2 to the page of thanks, and from there to the form. */
const invitationCookie = sealedCookie<{ officer?: string; service?: ServiceKind; shown: boolean }>(
	'undangan',
	5 * MINUTES
);

/** Keeps the officer that a tablet's code names, and forgets the one that an earlier code named. */
export async function rememberOfficer(cookies: Cookies, officer: string | null): Promise<void> {
	if (officer && isUuid(officer)) await knownCookie.write(cookies, { officer });
	else knownCookie.clear(cookies);
}

/** Lets the page of thanks offer the complaint form once. */
export async function inviteToComplain(cookies: Cookies, officer?: string, service?: string): Promise<void> {
	const kind = SERVICE_KINDS.find((one) => one === service);
	await invitationCookie.write(cookies, {
		...(officer ? { officer } : {}),
		...(kind ? { service: kind } : {}),
		shown: false
	});
}

/** Whether the page of thanks offers the complaint form: the first time it is opened, so that Back shows nothing of it. */
export async function showInvitation(cookies: Cookies): Promise<boolean> {
	const kept = await invitationCookie.read(cookies);
	if (!kept || kept.shown) return false;
	await invitationCookie.write(cookies, { ...kept, shown: true });
	return true;
}

/** Deletes an invitation, because the next visitor of the front door may be another person. */
export const dropInvitation = (cookies: Cookies): void => invitationCookie.clear(cookies);

/** What the complaint form fills in, once. */
export async function takeKnown(cookies: Cookies): Promise<Known> {
	const known: Known = (await invitationCookie.read(cookies)) ?? (await knownCookie.read(cookies)) ?? {};
	const { officer, service } = known;
	invitationCookie.clear(cookies);
	knownCookie.clear(cookies);
	return { ...(officer ? { officer } : {}), ...(service ? { service } : {}) };
}
