import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { conversationPage, type Presence } from '#lib/cases/live.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { conversationsFor } from '#lib/server/channels/incoming/conversation.ts';
import { checked } from '#lib/server/checked.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { notify } from '#lib/server/db/notify.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { presences } from '#lib/server/db/schema/desk.ts';
import { NotFound } from '#lib/server/errors.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
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

/** What a tab shows: a case or a conversation. */
type Page = { caseId: number; conversationId?: never } | { conversationId: number; caseId?: never };

/**
 * Stores a tab's sign that it shows a case, or no longer shows it.
 * @returns the timeline entries after the tab's last one, if any
 * @throws NotFound if the actor may not see the case
 */
export async function signCase(actor: Actor, reference: string, raw: unknown) {
	// Access to the case is checked before the input, so that errors reveal nothing.
	const { row } = await caseForActor(actor, reference);
	const { seq, leaving } = await sign(actor, { caseId: row.id }, raw);
	const [change] = leaving ? [] : await changesFor(actor, [{ caseId: row.id, seq: seq + 1 }]);
	return { change: change ?? null };
}

/**
 * Stores a tab's sign that it shows a conversation, or no longer shows it.
 * @throws NotFound if the actor may not see the conversation
 */
export async function signConversation(actor: Actor, id: number, raw: unknown): Promise<void> {
	const visible = and(eq(conversations.id, id), conversationsFor(actor));
	if ((await db().$count(conversations, visible)) === 0) throw new NotFound(`conversation ${id}`);
	await sign(actor, { conversationId: id }, raw);
}

async function sign(actor: Actor, page: Page, raw: unknown) {
	const signed = checked(signSchema, raw);
	const own = { ...page, accountId: accountIdOf(actor), tab: signed.tab };
	await (signed.leaving ? leave(own) : stay(own));
	return signed;
}

type TabPage = Page & { accountId: string; tab: string };

async function stay(own: TabPage): Promise<void> {
	const until = fromNow(SHOWN_MS);
	const { caseId, conversationId, accountId, tab } = presences;
	await transaction(async (tx) => {
		await tx.delete(presences).where(lt(presences.until, now()));
		const [row] = await tx
			.insert(presences)
			.values({ ...own, until })
			.onConflictDoUpdate({ target: [caseId, conversationId, accountId, tab], set: { until } })
			.returning({ fresh: sql<boolean>`xmax = 0` });
		if (row?.fresh) await notify(tx, 'spatula_presence', '');
	});
}

/** Lets the sign expire after a few seconds, so that a reload does not look like leaving and returning. */
async function leave({ caseId, conversationId, accountId, tab }: TabPage): Promise<void> {
	const page = caseId === undefined ? eq(presences.conversationId, conversationId) : eq(presences.caseId, caseId);
	await db()
		.update(presences)
		.set({ until: fromNow(RELOAD_MS) })
		.where(and(page, eq(presences.accountId, accountId), eq(presences.tab, tab)));
}

/** The people who have a page open, by name. */
export type PresentPeople = Awaited<ReturnType<typeof readPresence>>;

export function readPresence() {
	const { caseId, conversationId } = presences;
	return db()
		.selectDistinct({ caseId, conversationId, accountId: accounts.id, name: accounts.name })
		.from(presences)
		.innerJoin(accounts, eq(accounts.id, presences.accountId))
		.where(gt(presences.until, now()))
		.orderBy(accounts.name);
}

/** The presence in cases and conversations that the actor may see, without the actor. */
export async function presenceFor(actor: Actor, present: PresentPeople): Promise<Presence> {
	const others = present.filter(({ accountId }) => accountId !== actor.accountId);
	const caseIds = others.flatMap(({ caseId }) => caseId ?? []);
	const conversationIds = others.flatMap(({ conversationId }) => conversationId ?? []);
	const [seenCases, seenConversations] = await Promise.all([
		caseIds.length === 0
			? []
			: db()
					.select({ id: cases.id, reference: cases.reference })
					.from(cases)
					.where(and(inArray(cases.id, caseIds), visibleTo(actor))),
		conversationIds.length === 0
			? []
			: db()
					.select({ id: conversations.id })
					.from(conversations)
					.where(and(inArray(conversations.id, conversationIds), conversationsFor(actor)))
	]);
	const names = (shown: (page: PresentPeople[number]) => boolean) => others.filter(shown).map(({ name }) => name);
	return Object.fromEntries([
		...seenCases.map(({ id, reference }) => [reference, names(({ caseId }) => caseId === id)] as const),
		...seenConversations.map(
			({ id }) => [conversationPage(id), names(({ conversationId }) => conversationId === id)] as const
		)
	]);
}
