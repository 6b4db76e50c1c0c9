import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { letterNumber } from '#lib/text/reference.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { letters, type Signer } from '#lib/server/db/schema/answers.ts';
import { attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { openReporter } from '../reporter.ts';
import { visibleTo } from '../scope.ts';
import type { TrackedCase } from '../track.ts';

/** "Surat jawaban": what stands on the letter of an answer. Nothing of it opens the case. */
export interface Letter {
	number: string;
	at: Date;
	office: { name: string; address: string | null; phone: string | null; email: string | null; timeZone: string };
	/** To whom, where the report carries its reporter's name; a withheld one stays out of every letter. */
	to: string | null;
	reference: string;
	kind: CaseKind;
	title: string | null;
	receivedAt: Date;
	body: string;
	action: string | null;
	actionOn: string | null;
	files: number;
	signers: readonly Signer[];
	/** A second person was needed and nobody was free. */
	singleSignature: boolean;
}

async function letterOf(messageId: string, right: SQL | undefined): Promise<Letter> {
	const [found] = isUuid(messageId)
		? await db()
				.select({ letter: letters, row: cases, unit: units, body: messages.body, data: timeline.data, files })
				.from(letters)
				.innerJoin(cases, eq(cases.id, letters.caseId))
				.innerJoin(units, eq(units.id, letters.unitId))
				.innerJoin(messages, eq(messages.id, letters.messageId))
				.innerJoin(
					timeline,
					and(
						eq(timeline.caseId, cases.id),
						eq(timeline.type, 'answered'),
						sql`${timeline.data} ->> 'message' = ${letters.messageId}::text`
					)
				)
				.where(and(eq(letters.messageId, messageId), right))
		: [];
	if (!found) throw new NotFound(`letter ${messageId}`);
	const { letter, row, unit, data } = found;
	const { name, address, phone, email, timeZone } = unit;
	const reporter = row.identity === 'named' ? await openReporter(row.reporterSealed) : null;
	const text = (value: unknown) => (typeof value === 'string' ? value : null);
	return {
		number: letterNumber({ number: letter.number, unit: unit.code, year: letter.year }),
		at: letter.at,
		office: { name, address, phone, email, timeZone },
		to: reporter?.name ?? null,
		reference: row.reference,
		kind: row.kind,
		title: row.title,
		receivedAt: row.receivedAt,
		body: found.body,
		action: text(data.action),
		actionOn: text(data.action_on),
		files: found.files,
		signers: letter.signers,
		singleSignature: data.single_signature === true
	};
}

const files = sql<number>`(select count(*)::int from ${attachments} where ${attachments.messageId} = ${letters.messageId})`;

/** The letter of an answer of a case that the actor may see. @throws NotFound */
export async function letterForActor(actor: Actor, reference: string, messageId: string): Promise<Letter> {
	return letterOf(messageId, and(eq(cases.reference, reference), visibleTo(actor)));
}

/** The letter of an answer of the case that its reporter has open. @throws NotFound */
export async function letterForReporter(tracked: TrackedCase, messageId: string): Promise<Letter> {
	return letterOf(messageId, and(eq(cases.id, tracked.caseId), eq(cases.receiptHash, tracked.receiptHash)));
}
