import type { Acting, Role } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { actingRole, actingTerms } from './office.ts';
import { wordOf } from './cases.ts';

type Kind =
	| 'role'
	| 'password_link'
	| 'token'
	| 'officer_link'
	| 'email'
	| 'reactivation'
	| 'second_factor_reset'
	| 'connection'
	| 'role_removed'
	| 'switched_off'
	| 'officer_linked';
export type AccessState = 'waiting' | 'effective' | 'declined' | 'taken_back' | 'overtaken';

export const accessKindWord = wordOf<Kind>({
	role: m.access_what_role,
	password_link: m.access_what_password_link,
	token: m.access_what_token,
	officer_link: m.access_what_officer_link,
	email: m.access_what_email,
	reactivation: m.access_what_reactivation,
	second_factor_reset: m.account_code_reset,
	connection: m.access_what_connection,
	role_removed: m.access_what_role_removed,
	switched_off: m.access_what_switched_off,
	officer_linked: m.access_what_officer_linked
});

/** Whether a change removes access. Such a change needs no approval. */
export const removesAccess = ({ kind }: { kind: string }): boolean =>
	['role_removed', 'switched_off', 'officer_linked'].includes(kind);

export const accessStateWord = wordOf<AccessState>({
	waiting: m.access_state_waiting,
	effective: m.access_state_effective,
	declined: m.access_state_declined,
	taken_back: m.access_state_taken_back,
	overtaken: m.access_state_overtaken
});

/** The requested change, with the role if there is one: `Peran baru: Penyelia`, and the terms of an acting head. */
export function accessTitle({
	kind,
	role,
	acting
}: {
	kind: Kind;
	role?: Role | null;
	acting?: { kind: Acting; order: string; fromDay: string; toDay: string } | null;
}): string {
	if (!role) return accessKindWord(kind);
	const title = m.access_of({ what: accessKindWord(kind), name: actingRole(acting?.kind, role) });
	return acting ? `${title}, ${actingTerms(acting)}` : title;
}
