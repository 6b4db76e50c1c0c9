import { and, asc, desc, eq, gte, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { ago } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import type { AccessState } from '#lib/words/access.ts';
import { byCode } from '../units/find-unit.ts';
import type { ActingTerms } from './acting-heads.ts';
import { mailObstacle, wayWithoutDecision } from './apply.ts';
import { changeOf, type AccessKind, type AccessRemoval, type AccessRow, type NewConnection } from './kinds.ts';
import type { Actor } from '../actor.ts';
import { createsPasswordLink, decidersOf, changesVisibleTo, mayDecide, mayDecline } from './case-access.ts';

/** Days for which ended changes are listed. The audit log keeps them permanently. */
const LISTED_DAYS = 90;
const LISTED = 100;

const asker = alias(accounts, 'asker');
const decider = alias(accounts, 'decider');

export type AccessItem = Awaited<ReturnType<typeof listAccessChanges>>[number];

/**
 * Changes the actor may see: waiting ones, oldest first, or ended ones, newest first.
 * @param about an account, or a kind and its target (`targetOf`)
 */
export async function listAccessChanges(
	actor: Actor,
	view: 'waiting' | 'ended',
	about?: string | { kind: AccessKind; target: string }
) {
	const waiting = view === 'waiting';
	const rows = await db()
		.select({
			row: accessChanges,
			account: { id: accounts.id, name: accounts.name, username: accounts.username, email: accounts.email },
			askedBy: asker.name,
			decidedBy: decider.name,
			token: { name: apiTokens.name, scopes: apiTokens.scopes }
		})
		.from(accessChanges)
		.innerJoin(accounts, eq(accounts.id, accessChanges.accountId))
		.leftJoin(apiTokens, sql`${accessChanges.kind} = 'token' and ${apiTokens.id}::text = ${accessChanges.target}`)
		.leftJoin(asker, eq(asker.id, accessChanges.requestedBy))
		.leftJoin(decider, eq(decider.id, accessChanges.decidedBy))
		.where(
			and(
				changesVisibleTo(actor),
				waiting ? eq(accessChanges.state, 'waiting') : ne(accessChanges.state, 'waiting'),
				waiting ? undefined : gte(accessChanges.endedAt, ago(LISTED_DAYS * DAY_MS)),
				typeof about === 'string' ? eq(accessChanges.accountId, about) : undefined,
				typeof about === 'object'
					? and(eq(accessChanges.kind, about.kind), eq(accessChanges.target, about.target))
					: undefined
			)
		)
		.orderBy(waiting ? asc(accessChanges.requestedAt) : desc(accessChanges.endedAt))
		.limit(LISTED);
	const { units, officerById } = await referenceData();
	const inOrder = units.toSorted(byCode);
	return Promise.all(
		rows.map(async ({ row, ...names }) => {
			const { name = '', timeZone = 'UTC' } = inOrder.find(({ id }) => unitsOf(row).includes(id)) ?? {};
			const officer =
				row.kind === 'officer_link' || row.kind === 'officer_linked'
					? (officerById.get(row.target)?.name ?? null)
					: null;
			return { ...names, officer, unit: { name, timeZone }, ...(await itemOf(actor, row)) };
		})
	);
}

/** Names of the people whose role in an office waits for a supervisor. */
export async function namesOfWaitingRoles(unitId: string): Promise<string[]> {
	const { kind, state, data } = accessChanges;
	const people = await db()
		.selectDistinct({ name: accounts.name })
		.from(accessChanges)
		.innerJoin(accounts, eq(accounts.id, accessChanges.accountId))
		.where(and(eq(kind, 'role'), eq(state, 'waiting'), eq(sql`${data} ->> 'unitId'`, unitId)))
		.orderBy(asc(accounts.name));
	return people.map(({ name }) => name);
}

const unitsOf = ({ data, unitIds }: AccessRow) => (typeof data.unitId === 'string' ? [data.unitId] : unitIds);

/** What supervisors see of a connection. The settings and sealed secrets stay on the server. */
function connectionOf({ channel, address, host, changed, was }: NewConnection) {
	return { channel, address, host, changed, was };
}

async function itemOf(actor: Actor, row: AccessRow) {
	const { id, requestedAt, takesEffectAt, endedAt, link, data } = row;
	const waits = row.state === 'waiting';
	const known = waits && {
		obstacle: await mailObstacle(db(), row),
		createsLink: await createsPasswordLink(db(), changeOf(row), row.requestedBy),
		deciders: await decidersOf(db(), row)
	};
	return {
		id,
		requestedAt,
		takesEffectAt,
		endedAt,
		kind: row.kind as AccessKind | AccessRemoval['kind'],
		state: row.state as AccessState,
		link: link as 'mail' | 'print' | null,
		role: (data.role ?? null) as Role | null,
		acting: (data.acting ?? null) as ActingTerms | null,
		newEmail: row.kind === 'email' ? ((data.email ?? null) as string | null) : null,
		connection: row.kind === 'connection' ? connectionOf(data as unknown as NewConnection) : null,
		/** Approving it creates a new password link, which is e-mailed if possible. */
		createsPasswordLink: known && known.createsLink,
		byMail: known && known.obstacle === null,
		addressChanged: known && known.obstacle === 'access_address_changed',
		addressWaits: known && known.obstacle === 'access_address_waits',
		/** Takes effect without a decision, 24 hours after the request. */
		takesEffectItself: known && (await wayWithoutDecision(db(), row, known)) !== 'waits',
		deciders: known ? known.deciders.map(({ name, hasPassword }) => ({ name, hasPassword })) : [],
		mayApprove: waits && mayDecide(actor, row),
		mayDecline: waits && mayDecline(actor, row),
		mayTakeBack: waits && actor.accountId === row.requestedBy
	};
}
