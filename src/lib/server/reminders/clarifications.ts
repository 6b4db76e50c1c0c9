import { eq } from 'drizzle-orm';
import { workersNow } from '#lib/server/cases/handling/answerable.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { peopleFor, workersOf } from '#lib/server/cases/people.ts';
import { readOccasion, tell, untell } from '#lib/server/channels/notices.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { timeline } from '#lib/server/db/schema/cases.ts';
import { clarifications } from '#lib/server/db/schema/clarifications.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { clarificationGivenLetter, clarificationLetter } from './letters.ts';

type Entry = Pick<typeof timeline.$inferSelect, 'at' | 'data'>;

const keyOf = (questionId: string): string => `clarification:${questionId}`;

/** The question that an entry speaks of, with the account of the officer it is for. */
async function questionOf(tx: Tx, { data }: Entry) {
	const [question] = await tx
		.select({
			id: clarifications.id,
			state: clarifications.state,
			askedBy: clarifications.askedBy,
			officer: officers.accountId
		})
		.from(clarifications)
		.innerJoin(officers, eq(officers.id, clarifications.officerId))
		.where(eq(clarifications.id, String(data.clarification)));
	return question;
}

/** Tells an officer of a question for them that is open. The notice leads to the question, and nothing in it to a case. */
export async function tellOfQuestion(tx: Tx, _: CaseWithUnit, entry: Entry): Promise<void> {
	const question = await questionOf(tx, entry);
	if (question?.state !== 'open' || !question.officer) return;
	await tell(tx, [question.officer], {
		kind: 'clarification_asked',
		onceKey: keyOf(question.id),
		caseId: null,
		at: entry.at,
		data: { clarification: question.id },
		letter: clarificationLetter(question.id)
	});
}

/** A question that was taken back is gone for the officer, and so is the notice that would lead to it. */
export async function forgetQuestion(tx: Tx, _: CaseWithUnit, entry: Entry): Promise<void> {
	const question = await questionOf(tx, entry);
	if (question?.officer) await untell(tx, question.officer, keyOf(question.id));
}

/** Notifies the person who asked that the answer came, or the current handlers if that person may no longer see the case. */
export async function tellOfClarification(tx: Tx, found: CaseWithUnit, entry: Entry): Promise<void> {
	const { row } = found;
	const question = await questionOf(tx, entry);
	if (!question) return;
	await readOccasion(tx, keyOf(question.id));
	const seeing = await peopleFor(tx, row, workersOf(row.restricted));
	const asker = seeing.filter(({ id }) => id === question.askedBy);
	const people = asker.length > 0 ? asker : await workersNow(tx, found);
	await tell(
		tx,
		people.map(({ id }) => id),
		{
			kind: 'clarification_given',
			onceKey: `clarification_given:${question.id}`,
			caseId: row.id,
			at: entry.at,
			data: {},
			letter: clarificationGivenLetter(found)
		}
	);
}
