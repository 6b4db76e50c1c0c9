import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Presence } from '#lib/cases/live.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { notify } from '#lib/server/db/notify.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { presences } from '#lib/server/db/schema/desk.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changesFor } from './changes.ts';

/**
 * How long a sign is valid. A tab renews it three times in this time. Together with the check interval, a closed tab
 * disappears within a minute.
 */
const SHOWN_MS = 45_000;
const RELOAD_MS = 3_000;

const signSchema = z.object({
	tab: z.uuid('field_invalid'),
	/** Sequence number of the last timeline entry that the tab shows. */
	seq: z.coerce.number<unknown>().int().min(0).default(0),
	leaving: z.literal('1').optional()
});

/**
 * Stores a tab's sign that it shows a case, or no longer shows it.
 * @returns the timeline entries after the tab's last one, if any
 * @throws NotFound if the actor may not see the case
 */
export async function signPresence(actor: Actor, reference: string, raw: unknown) {
	// Access to the case is checked before the input, so that errors reveal nothing.
	const { row } = await caseForActor(actor, reference);
	const { tab, seq, leaving } = checked(signSchema, raw);
	const { accountId } = actor;
	if (!accountId) throw new NotAllowed('account');
	if (leaving) await leave(row.id, accountId, tab);
	else await stay(row.id, accountId, tab);
	const [change] = leaving ? [] : await changesFor(actor, [{ caseId: row.id, seq: seq + 1 }]);
	return { change: change ?? null };
}

async function stay(caseId: number, accountId: string, tab: string): Promise<void> {
	const until = new Date(now().getTime() + SHOWN_MS);
	await transaction(async (tx) => {
		await tx.delete(presences).where(lt(presences.until, now()));
		const [row] = await tx
			.insert(presences)
			.values({ caseId, accountId, tab, until })
			.onConflictDoUpdate({ target: [presences.caseId, presences.accountId, presences.tab], set: { until } })
			.returning({ fresh: sql<boolean>`xmax = 0` });
		if (row?.fresh) await notify(tx, 'spatula_presence', String(caseId));
	});
}

/** Lets the sign expire after a few seconds, so that a reload does not look like leaving and returning. */
async function leave(caseId: number, accountId: string, tab: string): Promise<void> {
	const own = and(eq(presences.caseId, caseId), eq(presences.accountId, accountId), eq(presences.tab, tab));
	const until = new Date(now().getTime() + RELOAD_MS);
	await db().update(presences).set({ until }).where(own);
}

/** The people who have a case open: names by account, by case. */
export type PresenceByCase = ReadonlyMap<number, ReadonlyMap<string, string>>;

export async function readPresence(): Promise<PresenceByCase> {
	const rows = await db()
		.selectDistinct({ caseId: presences.caseId, accountId: accounts.id, name: accounts.name })
		.from(presences)
		.innerJoin(accounts, eq(accounts.id, presences.accountId))
		.where(gt(presences.until, now()))
		.orderBy(presences.caseId, accounts.name);
	const present = new Map<number, Map<string, string>>();
	for (const { caseId, accountId, name } of rows)
		present.set(caseId, (present.get(caseId) ?? new Map<string, string>()).set(accountId, name));
	return present;
}

/** The presence in cases that the actor may see, without the actor. */
export async function presenceFor(actor: Actor, present: PresenceByCase): Promise<Presence> {
	if (present.size === 0) return {};
	const seen = await db()
		.select({ id: cases.id, reference: cases.reference })
		.from(cases)
		.where(and(inArray(cases.id, [...present.keys()]), visibleTo(actor)));
	const others = (id: number) =>
		[...(present.get(id) ?? [])].flatMap(([account, name]) => (account === actor.accountId ? [] : [name]));
	const shown = seen.map(({ id, reference }) => [reference, others(id)] as const);
	return Object.fromEntries(shown.filter(([, names]) => names.length > 0));
}
