import { and, desc, eq, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { clarifications } from '#lib/server/db/schema/clarifications.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { lockCase } from '../find.ts';
import { updateCase } from '../move.ts';
import { recordEvent } from '../timeline.ts';

const answerInput = z.object({
	answer: z.string({ error: 'message_missing' }).trim().min(10, 'message_short').max(4000, 'message_long')
});

/** Latest questions shown; officers are not asked more often. */
const SHOWN = 50;

/** No columns of the case: the results must not lead to it. */
const columns = {
	id: clarifications.id,
	question: clarifications.question,
	askedAt: clarifications.askedAt,
	state: clarifications.state,
	answer: clarifications.answer,
	answeredAt: clarifications.answeredAt,
	/** Time zone of the officer's office, for the days. */
	timeZone: units.timeZone
};

const own = (actor: Actor) =>
	actor.officerId
		? and(eq(clarifications.officerId, actor.officerId), ne(clarifications.state, 'withdrawn'))
		: sql`false`;

const asked = () =>
	db()
		.select(columns)
		.from(clarifications)
		.innerJoin(officers, eq(officers.id, clarifications.officerId))
		.innerJoin(units, eq(units.id, officers.unitId));

export type OwnQuestion = Awaited<ReturnType<typeof ownQuestions>>[number];

/** Questions to the actor's own officer, latest first. */
export async function ownQuestions(actor: Actor) {
	return asked().where(own(actor)).orderBy(desc(clarifications.askedAt)).limit(SHOWN);
}

/** Finds one of them. @throws NotFound for another officer's question or a withdrawn one */
export async function ownQuestion(actor: Actor, id: string): Promise<OwnQuestion> {
	const [found] = isUuid(id) ? await asked().where(and(eq(clarifications.id, id), own(actor))) : [];
	if (!found) throw new NotFound();
	return found;
}

/** Stores the officer's only answer. @throws Conflict if it was answered or withdrawn in the meantime */
export async function answerQuestion(actor: Actor, id: string, raw: unknown): Promise<void> {
	await ownQuestion(actor, id);
	const { answer } = checked(answerInput, raw);
	await transaction(async (tx) => {
		const [question] = await tx
			.select({ caseId: clarifications.caseId })
			.from(clarifications)
			.where(and(eq(clarifications.id, id), own(actor)));
		if (!question) throw new NotFound();
		const { row: before } = await lockCase(tx, question.caseId);
		const [stored] = await tx
			.update(clarifications)
			.set({ state: 'answered', answer, answeredAt: now() })
			.where(and(eq(clarifications.id, id), eq(clarifications.state, 'open')))
			.returning({ id: clarifications.id });
		if (!stored) throw new Conflict('invalid-move');
		const row = await updateCase(tx, before, {});
		await recordEvent(tx, row, {
			type: 'clarification_given',
			author: actor,
			public: false,
			data: { clarification: id }
		});
	});
}
