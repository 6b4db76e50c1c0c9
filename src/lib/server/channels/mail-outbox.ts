import { and, desc, eq, inArray, isNull, not, or, sql, type SQL } from 'drizzle-orm';
import { maskedAddress } from './mail-address.ts';
import type { MailKind } from './mail-queue.ts';
import { openReporter } from '#lib/server/cases/reporter.ts';
import { keptFrom } from '#lib/server/cases/scope.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { isMoment } from '#lib/text/moment.ts';
import { isUuid } from '#lib/text/uuid.ts';

/** Lists of the outbox, and whose action their e-mails wait for: the mail server, a person, or none. */
export const OUTBOX_LISTS = ['waiting', 'failed', 'unknown', 'sent', 'withdrawn'] as const;
export type OutboxList = (typeof OUTBOX_LISTS)[number];

const PAGE = 30;
/** More than this are "100+". */
const COUNTED = 100;

/** An e-mail being sent counts as waiting, because that takes only a moment. */
const inList = (list: OutboxList): SQL =>
	list === 'waiting' ? inArray(mails.state, ['waiting', 'sending']) : eq(mails.state, list);

/**
 * Condition for the e-mails an administrator may see: those of their offices, for root administrators also those of no office,
 * but none about a case whose number is hidden from them.
 */
async function ownLetters(actor: Actor): Promise<SQL> {
	const held = actor.units.admin.length > 0 ? inArray(mails.unitId, [...actor.units.admin]) : sql`false`;
	const mine = (await isRootAdmin(db(), actor)) ? or(held, isNull(mails.unitId)) : held;
	return and(mine, or(isNull(mails.caseId), not(keptFrom(actor)))) ?? sql`false`;
}

export type OutboxItem = Awaited<ReturnType<typeof listOutbox>>['items'][number];

/** A page of one list, newest first; `cursor` is the `nextCursor` of the page before. */
export async function listOutbox(actor: Actor, list: OutboxList, cursor?: string) {
	const found = await db()
		.select({
			id: mails.id,
			kind: sql<MailKind>`${mails.kind}`,
			subject: mails.subject,
			state: mails.state,
			attempts: mails.attempts,
			nextAttemptAt: mails.nextAttemptAt,
			reason: mails.reason,
			createdAt: mails.createdAt,
			sentAt: mails.sentAt,
			decidedAt: mails.decidedAt,
			decidedBy: accounts.name,
			unit: units.name,
			address: mails.address,
			identity: cases.identity,
			sealed: cases.reporterSealed
		})
		.from(mails)
		.leftJoin(cases, eq(cases.id, mails.caseId))
		.leftJoin(units, eq(units.id, mails.unitId))
		.leftJoin(accounts, eq(accounts.id, mails.decidedBy))
		.where(and(inList(list), await ownLetters(actor), after(cursor)))
		.orderBy(desc(mails.createdAt), desc(mails.id))
		.limit(PAGE + 1);
	const shown = found.slice(0, PAGE);
	const last = shown.at(-1);
	return {
		items: await Promise.all(shown.map(withRecipient)),
		nextCursor: found.length > PAGE && last ? `${last.createdAt.toISOString()}~${last.id}` : null
	};
}

function after(cursor: string | undefined): SQL | undefined {
	const [at, id] = cursor?.split('~') ?? [];
	if (!at || !id || !isMoment(at) || !isUuid(id)) return undefined;
	return sql`(${mails.createdAt}, ${mails.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

/** Recipient as the outbox may show it: a colleague's full address, an open reporter's masked one, a withheld one's none. */
async function withRecipient<Row extends { address: string | null; identity: string | null; sealed: string | null }>({
	address,
	identity,
	sealed,
	...mail
}: Row) {
	if (address) return { ...mail, to: address };
	const reporter = identity === 'named' ? await openReporter(sealed) : null;
	return { ...mail, to: reporter?.email ? maskedAddress(reporter.email) : null };
}

/** How many wait, and how many wait for a person's decision, each counted up to `COUNTED`. */
export async function countOutbox(actor: Actor): Promise<Record<'waiting' | 'failed' | 'unknown', number>> {
	const mine = await ownLetters(actor);
	const counted = async (list: 'waiting' | 'failed' | 'unknown') => {
		const some = db()
			.select({ one: sql`1` })
			.from(mails)
			.leftJoin(cases, eq(cases.id, mails.caseId))
			.where(and(inList(list), list === 'waiting' ? undefined : isNull(mails.decidedAt), mine))
			.limit(COUNTED)
			.as('some');
		const [row] = await db()
			.select({ n: sql<number>`count(*)::int` })
			.from(some);
		return row?.n ?? 0;
	};
	const [waiting, failed, unknown] = await Promise.all([counted('waiting'), counted('failed'), counted('unknown')]);
	return { waiting, failed, unknown };
}

/** The letter, if it is the actor's to decide. */
export async function outboxLetter(actor: Actor, id: string) {
	const [found] = isUuid(id)
		? await db()
				.select({ id: mails.id, kind: mails.kind, caseId: mails.caseId, unitId: mails.unitId, subject: mails.subject })
				.from(mails)
				.leftJoin(cases, eq(cases.id, mails.caseId))
				.where(and(eq(mails.id, id), await ownLetters(actor)))
		: [];
	return found;
}
