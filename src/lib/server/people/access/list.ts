import { aliasedTable, and, asc, desc, eq, gte, inArray, ne } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { bringsLink, mailObstacle } from './apply.ts';
import { changeOf, type AccessKind, type AccessRemoval, type AccessRow, type AccessState } from './kinds.ts';
import type { Actor } from '../actor.ts';
import { decidersOf, knownTo, mayDecide, mayDecline } from './case-access.ts';

/** How long ended changes are listed; the audit log keeps them permanently. */
const LISTED_DAYS = 90;
const LISTED = 100;

const asker = aliasedTable(accounts, 'asker');
const decider = aliasedTable(accounts, 'decider');

export type AccessItem = Awaited<ReturnType<typeof itemOf>>;

/** Changes the actor may see: waiting ones, oldest first, or ended ones, newest first. */
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
	const named = await namesIn(rows.map(({ row }) => row));
	return Promise.all(rows.map((found) => itemOf(actor, found, named)));
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

async function itemOf(actor: Actor, { row, account, asker: askedBy, decider: decidedBy }: Found, named: Named) {
	const { id, requestedAt, takesEffectAt, endedAt, link, data } = row;
	const waits = row.state === 'waiting';
	const mailRefused = waits ? await mailObstacle(db(), row) : null;
	const own = actor.accountId === row.requestedBy;
	const unitIds = typeof data.unitId === 'string' ? [data.unitId] : row.unitIds;
	const unit = named.units.find((one) => unitIds.includes(one.id)) ?? { name: '', timeZone: 'UTC' };
	return {
		...{ id, requestedAt, takesEffectAt, endedAt, account, askedBy, decidedBy, unit },
		kind: row.kind as AccessKind | AccessRemoval['kind'],
		state: row.state as AccessState,
		link: link as 'mail' | 'print' | null,
		role: (data.role ?? null) as Role | null,
		token: row.kind === 'token' ? (named.tokens.find((one) => one.id === row.target) ?? null) : null,
		officer: row.kind === 'officer_link' ? (named.officers.find((one) => one.id === row.target)?.name ?? null) : null,
		newEmail: row.kind === 'email' ? ((data.email ?? null) as string | null) : null,
		/** Approving it creates a new password link, which is e-mailed if possible. */
		bringsLink: waits && (await bringsLink(db(), changeOf(row), row.requestedBy)),
		byMail: waits && mailRefused === null,
		addressChanged: mailRefused === 'access_address_changed',
		deciders: waits ? (await decidersOf(db(), row)).map(({ name }) => name) : [],
		mayApprove: waits && mayDecide(actor, row),
		mayDecline: waits && mayDecline(actor, row),
		mayTakeBack: waits && own
	};
}

type Named = Awaited<ReturnType<typeof namesIn>>;

/** The units (in the order of their codes), tokens and officers that these changes are about. */
async function namesIn(rows: readonly AccessRow[]) {
	const unitIds = rows.flatMap(({ data, unitIds: all }) => (typeof data.unitId === 'string' ? [data.unitId] : all));
	const targets = (kind: string) => rows.filter((row) => row.kind === kind).map(({ target }) => target);
	const [ofUnits, ofTokens, ofOfficers] = await Promise.all([
		db()
			.select({ id: units.id, name: units.name, timeZone: units.timeZone })
			.from(units)
			.where(inArray(units.id, unitIds))
			.orderBy(asc(units.code)),
		db()
			.select({ id: apiTokens.id, name: apiTokens.name, scopes: apiTokens.scopes })
			.from(apiTokens)
			.where(inArray(apiTokens.id, targets('token'))),
		db()
			.select({ id: officers.id, name: officers.name })
			.from(officers)
			.where(inArray(officers.id, targets('officer_link')))
	]);
	return { units: ofUnits, tokens: ofTokens, officers: ofOfficers };
}
