import { aliasedTable, and, asc, desc, eq, gte, inArray, ne } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { bringsLink } from '#lib/server/people/access-apply.ts';
import { reachesByMail } from '#lib/server/people/access-changes.ts';
import {
	changeOf,
	type AccessKind,
	type AccessRemoval,
	type AccessRow,
	type AccessState
} from '#lib/server/people/access-kinds.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { decidersOf, knownTo, mayDecide, mayDecline } from '#lib/server/people/case-access.ts';

/** Ended changes are listed for this long; the log keeps them for good. */
const LISTED_DAYS = 90;
const LISTED = 100;

const asker = aliasedTable(accounts, 'asker');
const decider = aliasedTable(accounts, 'decider');

export type AccessItem = Awaited<ReturnType<typeof itemOf>>;

/** The changes an actor may know of: those that wait, the oldest first, or those that ended, the newest first. */
export async function listAccessChanges(actor: Actor, view: 'waiting' | 'ended', accountId?: string) {
	const since = new Date(now().getTime() - LISTED_DAYS * 24 * 3_600_000);
	const waiting = view === 'waiting';
	const rows = await db()
		.select({
			row: accessChanges,
			account: { id: accounts.id, name: accounts.name, username: accounts.username, email: accounts.email },
			asker: asker.name,
			decider: decider.name
		})
		.from(accessChanges)
		.innerJoin(accounts, eq(accounts.id, accessChanges.accountId))
		.leftJoin(asker, eq(asker.id, accessChanges.requestedBy))
		.leftJoin(decider, eq(decider.id, accessChanges.decidedBy))
		.where(
			and(
				knownTo(actor),
				waiting ? eq(accessChanges.state, 'waiting') : ne(accessChanges.state, 'waiting'),
				waiting ? undefined : gte(accessChanges.endedAt, since),
				accountId ? eq(accessChanges.accountId, accountId) : undefined
			)
		)
		.orderBy(waiting ? asc(accessChanges.requestedAt) : desc(accessChanges.endedAt))
		.limit(LISTED);
	const items = [];
	for (const found of rows) items.push(await itemOf(actor, found));
	return items;
}

/** How many changes wait for the actor's own decision. */
export async function countAccessToDecide(actor: Actor): Promise<number> {
	if (actor.units.supervisor.length === 0) return 0;
	const waiting = and(knownTo(actor), eq(accessChanges.state, 'waiting'));
	const rows = await db().select().from(accessChanges).where(waiting);
	return rows.filter((row) => mayDecide(actor, row)).length;
}

interface Found {
	row: AccessRow;
	account: { id: string; name: string; username: string; email: string | null };
	asker: string | null;
	decider: string | null;
}

async function itemOf(actor: Actor, { row, account, asker: askedBy, decider: decidedBy }: Found) {
	const { id, requestedAt, takesEffectAt, endedAt, link, data } = row;
	const waits = row.state === 'waiting';
	const own = actor.accountId === row.requestedBy;
	const unit = await unitOf(row);
	return {
		...{ id, requestedAt, takesEffectAt, endedAt, account, askedBy, decidedBy, unit },
		kind: row.kind as AccessKind | AccessRemoval['kind'],
		state: row.state as AccessState,
		link: link as 'mail' | 'print' | null,
		role: (data.role ?? null) as Role | null,
		token: row.kind === 'token' ? await tokenOf(row.target) : null,
		officer: row.kind === 'officer_link' ? await officerOf(row.target) : null,
		newEmail: row.kind === 'email' ? ((data.email ?? null) as string | null) : null,
		/** Approving it makes a new password link, which goes by mail where it can. */
		bringsLink: waits && (await bringsLink(db(), changeOf(row), row.requestedBy)),
		byMail: waits && (await reachesByMail(db(), row.accountId)),
		deciders: waits ? (await decidersOf(db(), row)).map(({ name }) => name) : [],
		mayApprove: waits && mayDecide(actor, row),
		mayDecline: waits && mayDecline(actor, row),
		mayTakeBack: waits && own
	};
}

async function unitOf({ data, unitIds }: AccessRow) {
	const ids = typeof data.unitId === 'string' ? [data.unitId] : unitIds;
	const [unit] = await db()
		.select({ name: units.name, timeZone: units.timeZone })
		.from(units)
		.where(inArray(units.id, ids))
		.orderBy(asc(units.code));
	return unit ?? { name: '', timeZone: 'UTC' };
}

async function tokenOf(id: string) {
	const { name, scopes } = apiTokens;
	const [token] = await db().select({ name, scopes }).from(apiTokens).where(eq(apiTokens.id, id));
	return token ?? null;
}

async function officerOf(id: string): Promise<string | null> {
	const [officer] = await db().select({ name: officers.name }).from(officers).where(eq(officers.id, id));
	return officer?.name ?? null;
}
