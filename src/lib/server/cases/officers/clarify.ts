import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import { revealing } from '#lib/cases/named-officers.ts';
import { version } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { clarifications } from '#lib/server/db/schema/clarifications.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockCaseForActor, type CaseRow } from '../find.ts';
import { requireVersion, updateCase } from '../move.ts';
import { openReporter } from '../reporter.ts';
import { recordEvent } from '../timeline.ts';

const askInput = z.object({
	officer: z.uuid('officer_missing'),
	question: z.string({ error: 'message_missing' }).trim().min(20, 'question_short').max(2000, 'message_long'),
	version
});

/**
 * Asks an officer whom the case names. The officer reads only the question: no case, reporter or photo. A question that
 * contains the report's number or data of its reporter is refused.
 *
 * @throws Invalid `question_reveals` · `officer_unreachable` for one without an account · `question_open`
 */
export async function askOfficer(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(askInput, raw);
	return transaction(async (tx) => {
		const { row: before } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		// A withheld name is not compared, because a refusal would confirm a guess.
		const reporter = before.identity === 'named' ? await openReporter(before.reporterSealed) : null;
		const told = revealing(input.question, before.reference, reporter);
		if (told) throw new Invalid([{ path: 'question', code: 'question_reveals', params: { what: told } }]);
		await requireReachable(tx, before, input.officer);
		const row = await updateCase(tx, before, {});
		const [asked] = await tx
			.insert(clarifications)
			.values({
				caseId: row.id,
				officerId: input.officer,
				question: input.question,
				askedBy: actor.accountId,
				askedAt: now()
			})
			.onConflictDoNothing()
			.returning({ id: clarifications.id });
		if (!asked) throw new Invalid([{ path: 'officer', code: 'question_open' }]);
		await recordEvent(tx, row, {
			type: 'clarification_asked',
			author: actor,
			public: false,
			data: { clarification: asked.id, officer: input.officer }
		});
		return row;
	});
}

async function requireReachable(tx: Tx, row: CaseRow, officerId: string): Promise<void> {
	const [named] = await tx
		.select({ account: officers.accountId })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(
			and(
				eq(caseOfficers.caseId, row.id),
				eq(caseOfficers.officerId, officerId),
				eq(caseOfficers.state, 'named'),
				isNotNull(officers.accountId)
			)
		);
	if (!named) throw new Invalid([{ path: 'officer', code: 'officer_unreachable' }]);
}

/** Withdraws an unanswered question; the officer no longer sees it. */
export async function withdrawQuestion(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(z.object({ clarification: z.uuid(), version }), raw);
	return transaction(async (tx) => {
		const { row: before } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		const [gone] = await tx
			.update(clarifications)
			.set({ state: 'withdrawn' })
			.where(
				and(
					eq(clarifications.id, input.clarification),
					eq(clarifications.caseId, before.id),
					eq(clarifications.state, 'open')
				)
			)
			.returning({ officer: clarifications.officerId });
		if (!gone) throw new Conflict('invalid-move', { status: before.status, version: before.version });
		const row = await updateCase(tx, before, {});
		const data = { clarification: input.clarification, officer: gone.officer };
		await recordEvent(tx, row, { type: 'clarification_withdrawn', author: actor, public: false, data });
		return row;
	});
}

/** Questions and answers of a case, oldest first. The caller must have checked access to the case. */
export async function clarificationsOf(caseId: number) {
	return db()
		.select({
			id: clarifications.id,
			officer: officers.name,
			question: clarifications.question,
			askedBy: accounts.name,
			askedAt: clarifications.askedAt,
			state: clarifications.state,
			answer: clarifications.answer,
			answeredAt: clarifications.answeredAt
		})
		.from(clarifications)
		.innerJoin(officers, eq(officers.id, clarifications.officerId))
		.leftJoin(accounts, eq(accounts.id, clarifications.askedBy))
		.where(eq(clarifications.caseId, caseId))
		.orderBy(asc(clarifications.askedAt));
}
