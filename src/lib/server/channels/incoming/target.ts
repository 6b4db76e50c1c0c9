import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { ONGOING_STATUSES } from '#lib/cases/moves.ts';
import type { Sender } from '#lib/server/cases/conversation/sender.ts';
import { lockCase, type CaseRow } from '#lib/server/cases/find.ts';
import { contactHash, isContactOf } from '#lib/server/cases/reporter.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { isProvenReporter, silentSince } from './conversation.ts';

/** Where a message belongs, if its channel knows: by the thread of an e-mail or the choice of the person. */
export type Destination = { caseId: number; fromReporter: boolean } | { conversationId: number };

/** The case to which a message belongs without a decision. Undefined if it waits for one. */
export async function targetOf(
	tx: Tx,
	connection: ConnectionRow,
	{ to, sender }: { to?: Destination; sender: Sender }
) {
	if (!to) return connection.channel === 'sms' ? onlyOpenCaseOf(tx, connection, sender) : undefined;
	if ('caseId' in to) {
		const found = await lockCase(tx, to.caseId);
		const { fromReporter } = to;
		const isProven = fromReporter && (await isProvenReporter(tx, to.caseId, sender));
		return found.row.destroyedAt ? undefined : { found, fromReporter, isProven };
	}
	const [conversation] = await tx.select().from(conversations).where(eq(conversations.id, to.conversationId));
	if (!conversation?.caseId) return undefined;
	const found = await lockCase(tx, conversation.caseId);
	if (found.row.destroyedAt) return undefined;
	return { found, ...(await writerOf(found.row, conversation, sender)) };
}

/**
 * Whether a sender is the reporter of the conversation's case: only in the reporter's own conversation. Another one may be
 * of a person whose contact a stranger typed in the form. And if the name is withheld, staff who suspect its sender may have
 * added it to the case to find out.
 */
async function writerOf(row: CaseRow, { ofReporter }: { ofReporter: boolean }, { address, number }: Sender) {
	const fromReporter = ofReporter && (await isContactOf(row, address, number));
	return { fromReporter, isProven: fromReporter };
}

/** An SMS has no thread: it goes to the open case of its sender, if there is exactly one. */
async function onlyOpenCaseOf(tx: Tx, { id }: ConnectionRow, sender: Sender) {
	const open = await tx
		.select({ caseId: cases.id, ofReporter: sql<boolean>`bool_or(${conversations.ofReporter})` })
		.from(conversations)
		.innerJoin(cases, eq(cases.id, conversations.caseId))
		.where(
			and(
				eq(conversations.connectionId, id),
				eq(conversations.senderHash, contactHash(sender.address)),
				gt(conversations.lastAt, silentSince(now())),
				inArray(cases.status, [...ONGOING_STATUSES]),
				isNull(cases.destroyedAt)
			)
		)
		.groupBy(cases.id)
		.limit(2);
	const [only] = open;
	if (!only || open.length > 1) return undefined;
	const found = await lockCase(tx, only.caseId);
	return { found, ...(await writerOf(found.row, only, sender)) };
}

export type Target = NonNullable<Awaited<ReturnType<typeof targetOf>>>;
