import { isId } from '#lib/server/db/is-id.ts';
import { and, asc, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { reporterDataIn } from '#lib/cases/find-officer-names.ts';
import { requiredText, version } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { clarifications } from '#lib/server/db/schema/clarifications.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import { recordsOf, type Actor } from '#lib/server/people/actor.ts';
import { lockCase, notDestroyed, type CaseRow } from '../find.ts';
import { changeCase, invalidMove, updateCase } from '../move.ts';
import { decryptIfNamed } from '../reporter.ts';
import { recordEvent } from '../timeline.ts';

const { id, question, askedAt, state, answer, answeredAt } = clarifications;

const askInput = z.object({
	officer: z.uuid('officer_missing'),
	question: z.string({ error: 'question_missing' }).trim().min(20, 'question_short').max(2000, 'message_long'),
	version
});

/**
 * Asks an officer whom the case names. The officer sees only the question: no case, reporter or file. A question that
 * contains the report's number or data of its reporter is refused.
 *
 * @throws Invalid `question_reveals` · `officer_unreachable` for an officer without an active account · `question_open`
 */
export async function askOfficer(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(askInput, raw);
	return changeCase(actor, reference, input.version, async (tx, { row: before }) => {
		const revealed = reporterDataIn(input.question, before.reference, await decryptIfNamed(before));
		if (revealed) throw invalid('question', 'question_reveals', { what: revealed });
		await requireReachable(tx, before, input.officer);
		const row = await updateCase(tx, before);
		const asked = { officerId: input.officer, question: input.question, askedBy: actor.accountId, askedAt: now() };
		const [stored] = await tx
			.insert(clarifications)
			.values({ caseId: row.id, ...asked })
			.onConflictDoNothing()
			.returning({ id });
		if (!stored) throw invalid('officer', 'question_open');
		const data = { clarification: stored.id, officer: input.officer };
		await recordEvent(tx, row, { type: 'clarification_asked', author: actor, public: false, data });
		return row;
	});
}

async function requireReachable(tx: Tx, row: CaseRow, officerId: string): Promise<void> {
	const ofCase = and(eq(caseOfficers.caseId, row.id), eq(caseOfficers.officerId, officerId));
	const [named] = await tx
		.select({ account: officers.accountId })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.innerJoin(accounts, eq(accounts.id, officers.accountId))
		.where(and(ofCase, eq(caseOfficers.state, 'named'), eq(accounts.active, true)));
	if (!named) throw invalid('officer', 'officer_unreachable');
}

/** Withdraws an unanswered question, so that the officer no longer sees it. */
export async function withdrawQuestion(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(z.object({ clarification: z.uuid(), version }), raw);
	return changeCase(actor, reference, input.version, async (tx, { row: before }) => {
		const [withdrawn] = await tx
			.update(clarifications)
			.set({ state: 'withdrawn' })
			.where(and(eq(id, input.clarification), eq(clarifications.caseId, before.id), eq(state, 'open')))
			.returning({ officer: clarifications.officerId });
		if (!withdrawn) throw invalidMove(before);
		const row = await updateCase(tx, before);
		const data = { clarification: input.clarification, officer: withdrawn.officer };
		await recordEvent(tx, row, { type: 'clarification_withdrawn', author: actor, public: false, data });
		return row;
	});
}

/** Questions and answers of a case, oldest first. The caller must have checked access to the case. */
export async function clarificationsOf(caseId: number) {
	return db()
		.select({ id, officer: officers.name, question, askedBy: accounts.name, askedAt, state, answer, answeredAt })
		.from(clarifications)
		.innerJoin(officers, eq(officers.id, clarifications.officerId))
		.leftJoin(accounts, eq(accounts.id, clarifications.askedBy))
		.where(eq(clarifications.caseId, caseId))
		.orderBy(asc(askedAt));
}

const answerInput = z.object({ answer: requiredText(10, 4000, 'message') });

/** Maximum number of questions shown to an officer, the latest first. */
const SHOWN = 50;

/** Questions to an officer record of the actor, without those that were withdrawn or whose words are destroyed. */
const ofOfficer = (actor: Actor) =>
	actor.officerId
		? and(
				inArray(clarifications.officerId, recordsOf(actor.officerId)),
				ne(state, 'withdrawn'),
				ne(clarifications.question, '')
			)
		: sql`false`;

/**
 * Query of an officer's questions. Selects no columns of the case, so that the result does not identify it. The time
 * zone is that of the officer's office.
 */
const asked = () =>
	db()
		.select({ id, question, askedAt, state, answer, answeredAt, timeZone: units.timeZone })
		.from(clarifications)
		.innerJoin(officers, eq(officers.id, clarifications.officerId))
		.innerJoin(units, eq(units.id, officers.unitId));

type OwnQuestion = Awaited<ReturnType<typeof ownQuestions>>[number];

/** Questions to the actor's own officer, latest first. */
export async function ownQuestions(actor: Actor) {
	return asked().where(ofOfficer(actor)).orderBy(desc(askedAt)).limit(SHOWN);
}

/** A question to the actor's own officer. @throws NotFound for another officer's question or a withdrawn one */
export async function ownQuestion(actor: Actor, questionId: string): Promise<OwnQuestion> {
	return oneRow(await asked().where(and(isId(id, questionId), ofOfficer(actor))));
}

/** Stores the officer's only answer. @throws Conflict if it was answered, withdrawn or destroyed in the meantime */
export async function answerQuestion(actor: Actor, questionId: string, raw: unknown): Promise<void> {
	await ownQuestion(actor, questionId);
	const input = checked(answerInput, raw);
	await transaction(async (tx) => {
		const found = await tx
			.select({ caseId: clarifications.caseId })
			.from(clarifications)
			.where(and(eq(id, questionId), ofOfficer(actor)))
			.then(oneRow);
		const { row: before } = notDestroyed(await lockCase(tx, found.caseId));
		const [stored] = await tx
			.update(clarifications)
			.set({ state: 'answered', answer: input.answer, answeredAt: now() })
			.where(and(eq(id, questionId), eq(state, 'open')))
			.returning({ id });
		if (!stored) throw new Conflict('invalid-move');
		const row = await updateCase(tx, before);
		const data = { clarification: questionId };
		await recordEvent(tx, row, { type: 'clarification_given', author: actor, public: false, data });
	});
}
