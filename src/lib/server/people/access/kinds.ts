import type { Role, Scope } from '#lib/cases/vocabulary.ts';
import type { ActingTerms } from './acting-heads.ts';
import type { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import type { connections } from '#lib/server/db/schema/channels.ts';

/**
 * Another address, server or secret of a connection of an office, for example of its WhatsApp number: messages of
 * reporters would go there, or somebody could write in their names. `accountId` is the administrator who requests it.
 */
export interface NewConnection {
	kind: 'connection';
	accountId: string;
	unitId: string;
	/** null: the office has none, because it was removed. */
	connectionId: string | null;
	channel: ConnectionChannel;
	address: string;
	/** The server to which messages go, as supervisors see it. */
	host: string;
	/** Names of the address, settings and secrets that differ. */
	changed: string[];
	/** The former address and server. null: the office has no such connection. */
	was: { address: string; host: string } | null;
	settings: Record<string, unknown>;
	/** The secrets that were typed, as encrypted JSON. They are deleted when the request ends. */
	secretsSealed: string;
	dedicated: boolean;
}

/**
 * Changes that may give access to cases, or to an officer's own ratings. `accountId` is the account concerned.
 * `address` is its e-mail address at the time of the request: a password link is sent to no other one. `acting`: the
 * role is that of an acting head. `officer_link`: the account loses its officer record, so reports that name the
 * officer become visible to it; `to` is the account that gets the record, if any.
 */
export type AccessChange =
	| { kind: 'role'; accountId: string; unitId: string; role: Role; acting?: ActingTerms; address?: string | null }
	| { kind: 'password_link'; accountId: string; address?: string | null }
	| { kind: 'token'; accountId: string; unitId: string; tokenId: string; name: string }
	| { kind: 'officer_link'; accountId: string; officerId: string; unitId: string; to: string | null }
	| { kind: 'email'; accountId: string; email: string | null }
	| { kind: 'reactivation'; accountId: string }
	| { kind: 'second_factor_reset'; accountId: string }
	| NewConnection;
export type AccessKind = AccessChange['kind'];

/**
 * Removals of access to cases. They need no approval, but the deciders are notified. `over`: a grant's last day is past.
 * `officer_linked`: reports that name the officer are hidden from the account.
 */
export type AccessRemoval =
	| { kind: 'role_removed'; accountId: string; unitId: string; role: Role; over?: true }
	| { kind: 'switched_off'; accountId: string }
	| { kind: 'officer_linked'; accountId: string; officerId: string };

type ConnectionChannel = (typeof connections.$inferSelect)['channel'];
export type AccessRow = typeof accessChanges.$inferSelect;

/** Roles with access to cases. A manager sees figures, an administrator settings and people. */
export const CASE_ROLES: readonly Role[] = ['handler', 'supervisor'];

/** Token scopes that show cases. `cases:write` only submits reports. */
export const CASE_SCOPES: readonly Scope[] = ['cases:read', 'cases:handle', 'escalations:read', 'escalations:write'];

/** Roles and the scope that show ratings one by one, or their figures for any days. */
export const RATING_ROLES: readonly Role[] = ['manager'];
export const RATING_SCOPE: Scope = 'insight:read';

/**
 * What an administrator needs to grant a role (see `accountForAdmin`). A first role that opens cases or ratings ends the
 * account's password and creates a link, so it is refused for an account that also belongs elsewhere.
 */
export const neededForRole = (role: Role) =>
	CASE_ROLES.includes(role) || RATING_ROLES.includes(role) ? 'administered' : 'seen';

/** Distinguishes changes of the same kind for the same account. */
export function targetOf(change: AccessChange | AccessRemoval): string {
	switch (change.kind) {
		case 'role':
			return [change.unitId, change.role, change.acting?.fromDay].filter(Boolean).join(' ');
		case 'role_removed':
			return `${change.unitId} ${change.role}`;
		case 'token':
			return change.tokenId;
		case 'officer_link':
		case 'officer_linked':
			return change.officerId;
		case 'connection':
			return connectionTarget(change.unitId, change.channel);
		default:
			return '';
	}
}

export const connectionTarget = (unitId: string, channel: ConnectionChannel): string => `${unitId} ${channel}`;

/** What the log shows of a request, without the addresses and secrets of people. */
export function loggedOf({ kind, data }: AccessRow): Record<string, unknown> | undefined {
	const { role, name, acting, channel, address, host, changed } = data;
	if (kind === 'connection') return { channel, address, host, changed };
	return role || name ? { role, name, ...(acting as object | undefined) } : undefined;
}

export const changeOf = ({ kind, accountId, data }: AccessRow): AccessChange =>
	({ ...data, kind, accountId }) as AccessChange;
