import type { AuditAction } from '#lib/words/audit.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { and, desc, eq, isNotNull } from 'drizzle-orm';
import type { Period } from '#lib/ratings/period.ts';
import { stateAfter, type RatingMove } from '#lib/ratings/moves.ts';
import { COUNT_REASONS, type RatingState } from '#lib/ratings/vocabulary.ts';
import { SKM_SET_ASIDE_REASONS, type SkmAnswers } from '#lib/skm/vocabulary.ts';
import { skmDecision } from '#lib/skm/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { beyondDay, dayCursor } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { managedUnit } from '#lib/server/ratings/access.ts';
import { within } from './figures.ts';
import { lockSkmOffice } from './office.ts';

const PAGE = 50;

const { u1, u2, u3, u4, u5, u6, u7, u8, u9 } = skmResponses;
const ANSWERS = { u1, u2, u3, u4, u5, u6, u7, u8, u9 };

interface SkmListQuery extends Period {
	/** Code or slug. */
	unit: string;
	state?: RatingState;
	suggestions?: boolean;
	/** `next` of the previous page. */
	cursor?: string;
}

/** A form as shown to a manager: with the day, without the time and without facts about the respondent. */
export type ListedResponse = Awaited<ReturnType<typeof listSkmResponses>>['items'][number];

/**
 * Lists the forms behind the figures of a unit, newest day first and in random order within a day. The forms of all services
 * are in one list, because the service is one of the facts about the respondent.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function listSkmResponses(actor: Actor, query: SkmListQuery) {
	const unit = await managedUnit(actor, query.unit);
	const { id, day, suggestion, state, stateReason } = skmResponses;
	const rows = await db()
		.select({
			id,
			day,
			answers: ANSWERS,
			suggestion,
			state,
			stateReason,
			decidedBy: accounts.name
		})
		.from(skmResponses)
		.leftJoin(accounts, eq(accounts.id, skmResponses.stateBy))
		.where(
			and(
				within([unit.id], { from: query.from, to: query.to }),
				query.state === undefined ? undefined : eq(state, query.state),
				query.suggestions ? isNotNull(suggestion) : undefined,
				beyondDay(query.cursor, [day, id])
			)
		)
		.orderBy(desc(day), desc(id))
		.limit(PAGE + 1);
	const items = rows.slice(0, PAGE).map((row) => ({ ...row, answers: row.answers as SkmAnswers }));
	return { items, next: dayCursor(rows, PAGE, items.at(-1)) };
}

const LOG_ACTION: Record<RatingMove, AuditAction> = {
	void: 'skm.voided',
	restore: 'skm.restored',
	keep: 'skm.kept'
};

/**
 * Excludes a form from the figures (`void`) or lets it count (`restore`, `keep`), with a reason from the list and a log
 * entry without the answers. Published figures do not change.
 * @throws NotFound for a form of a unit the actor does not manage
 * @throws Invalid for a reason that is not in the list
 * @throws Conflict `invalid-move` if the present state does not allow the move
 */
export async function decideSkm(actor: Actor, id: string, raw: unknown): Promise<{ state: RatingState }> {
	const { move, reason } = checked(skmDecision, raw);
	const reasons: readonly string[] = move === 'void' ? SKM_SET_ASIDE_REASONS : COUNT_REASONS;
	if (!reasons.includes(reason)) throw invalid('reason', 'rating_reason');
	return transaction(async (tx) => {
		const response = await lockedResponse(tx, actor, id);
		const state = stateAfter(move, response.state);
		// Forms have no signals, so keeping a counted form would change nothing.
		if (!state || state === response.state) throw new Conflict('invalid-move', { status: response.state });
		await tx
			.update(skmResponses)
			.set({ state, stateReason: reason, stateBy: actor.accountId })
			.where(eq(skmResponses.id, response.id));
		await recordChange(tx, actor, {
			unitId: response.unitId,
			action: LOG_ACTION[move],
			subject: response.id,
			reason,
			before: { state: response.state },
			after: { state }
		});
		return { state };
	});
}

/** Locks the office's survey, so that no publication is computed at the same time, and then the form. */
async function lockedResponse(tx: Tx, actor: Actor, id: string) {
	const byId = isId(skmResponses.id, id);
	const [found] = await tx.select({ unitId: skmResponses.unitId }).from(skmResponses).where(byId);
	if (!found || !holds(actor, found.unitId, 'manager')) throw new NotFound(id);
	await lockSkmOffice(tx, found.unitId);
	return tx.select().from(skmResponses).where(byId).for('update').then(oneRow);
}
