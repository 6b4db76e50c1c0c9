import { formatDateTime } from '#lib/calendar/format.ts';
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

type ActingTerms = { kind: Acting; order: string; fromDay: string; toDay: string };

/** For the letter with a password link: the role that was approved with it. */
export function roleInLetter(change: { role: Role | null; unit: { name: string }; acting: ActingTerms | null }) {
	const { role, unit, acting } = change;
	if (!role) return null;
	const where = acting ? `${unit.name} (${actingTerms(acting)})` : unit.name;
	return m.access_letter_role({ role: actingRole(acting?.kind, role), where });
}

/** The requested change, with the role if there is one: `Peran baru: Penyelia`, and the terms of an acting head. */
export function accessTitle({
	kind,
	role,
	acting
}: {
	kind: Kind;
	role?: Role | null;
	acting?: ActingTerms | null;
}): string {
	if (!role) return accessKindWord(kind);
	const title = m.access_of({ what: accessKindWord(kind), name: actingRole(acting?.kind, role) });
	return acting ? `${title}, ${actingTerms(acting)}` : title;
}

interface Asked {
	kind: string;
	/** null: the operator, or the site itself. */
	askedBy: string | null;
	requestedAt: Date;
}

/** Who requested a change, or made it without approval, and when. */
export function accessAsked({ kind, askedBy, requestedAt }: Asked, zone: string): string {
	const date = formatDateTime(requestedAt, zone);
	if (askedBy === null) return m.access_asked_by_operator({ date });
	const by = { name: askedBy, date };
	return removesAccess({ kind }) ? m.access_done_by(by) : m.access_asked_by(by);
}

interface Ended extends Asked {
	state: AccessState;
	/** Null if no supervisor decided within 24 hours. */
	decidedBy: string | null;
	endedAt: Date | null;
}

/** Who decided about a requested change, and when. Undefined while it waits, and for changes that needed no approval. */
export function accessEnded({ kind, state, askedBy, decidedBy, endedAt }: Ended, zone: string): string | undefined {
	if (endedAt === null || askedBy === null || removesAccess({ kind })) return undefined;
	const words = { state: accessStateWord(state), date: formatDateTime(endedAt, zone) };
	if (decidedBy === null) return m.access_ended_at(words);
	const by = { ...words, name: decidedBy };
	return state === 'effective' ? m.access_approved_by(by) : m.access_decided_by(by);
}

interface Waiting {
	takesEffectItself: boolean;
	takesEffectAt: Date;
	/** Those who may approve it. */
	deciders: readonly unknown[];
}

/** When a waiting change takes effect without a decision, or why it does not. */
export function accessEffect({ takesEffectItself, takesEffectAt, deciders }: Waiting, zone: string): string {
	if (takesEffectItself) return m.access_effective_at({ date: formatDateTime(takesEffectAt, zone) });
	return deciders.length > 0 ? m.access_keeps_waiting_link() : m.access_keeps_waiting();
}
