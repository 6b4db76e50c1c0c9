import { and, eq, inArray, isNull } from 'drizzle-orm';
import { FIRST_REPLY_CLOCKS, firstReplyDeadline } from '#lib/cases/promised-deadline.ts';
import { firstWords } from '#lib/text/marked.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { officeHead } from '#lib/server/people/units/find-unit.ts';
import { caseForReporter } from './find.ts';
import type { TrackedCase } from './visibility.ts';

const SUMMARY_LETTERS = 160;
/** The steps of handling whose deadlines reporters read. */
export const STEPS = ['verification', 'first_reply', 'solution'] as const;

/** Confirmation shown after sending and printed on the proof. Never contains the receipt. */
export type Acknowledgement = Awaited<ReturnType<typeof acknowledgement>>;

/** @throws NotFound if the receipt is no longer valid */
export async function acknowledgement(tracked: TrackedCase) {
	const { row, unit } = await caseForReporter(tracked);
	const ofReport = and(eq(attachments.caseId, row.id), isNull(attachments.messageId), attachments.public);
	const files = await db().$count(attachments, ofReport);
	const running = await db()
		.select({ name: clocks.name, dueAt: clocks.dueAt, provisional: clocks.provisional })
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.run, 1), inArray(clocks.name, [...STEPS, ...FIRST_REPLY_CLOCKS])));
	const { reference, kind, receivedAt, promisedAt } = row;
	// A new holiday decree may have moved the date since it was promised.
	const first = firstReplyDeadline(running);
	return {
		reference,
		kind,
		files,
		receivedAt,
		promisedAt: first?.dueAt ?? promisedAt,
		provisional: first?.provisional ?? false,
		/** The first words of the report. */
		summary: firstWords(row.title ?? row.body, SUMMARY_LETTERS),
		/** Whether a lost receipt can be replaced. */
		renewable: row.identity === 'named',
		/** Due times of verification, first reply and solution. */
		steps: STEPS.flatMap((name) => {
			const clock = name === 'first_reply' ? first : running.find((one) => one.name === name);
			return clock?.dueAt ? [{ name, dueAt: clock.dueAt, provisional: clock.provisional }] : [];
		}),
		unit: { ...(await officeHead(unit)), path: unit.path }
	};
}
