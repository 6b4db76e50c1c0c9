import { and, eq, inArray, isNull } from 'drizzle-orm';
import { FIRST_REPLY_CLOCKS, firstReplyDeadline } from '#lib/cases/promised-deadline.ts';
import { firstWords } from '#lib/text/marked.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { officeHeader } from '#lib/server/people/units/find-unit.ts';
import type { CaseWithUnit } from './find.ts';

const SUMMARY_LETTERS = 160;
/** The steps of handling whose deadlines reporters read. */
export const STEPS = ['verification', 'first_reply', 'solution'] as const;
const SHOWN_CLOCKS = [...STEPS, ...FIRST_REPLY_CLOCKS];

/** The facts that the receipt page and the printed proof show. The receipt is not among them. */
export type ReceiptPageFacts = Awaited<ReturnType<typeof receiptPageFacts>>;

/** Reads the facts for the receipt page of a report. The caller has checked its receipt. */
export async function receiptPageFacts({ row, unit }: CaseWithUnit) {
	const ofReport = and(eq(attachments.caseId, row.id), isNull(attachments.messageId), attachments.public);
	const ofSteps = and(eq(clocks.caseId, row.id), eq(clocks.run, 1), inArray(clocks.name, SHOWN_CLOCKS));
	const [files, running, head] = await Promise.all([
		db().$count(attachments, ofReport),
		db()
			.select({ name: clocks.name, dueAt: clocks.dueAt, provisional: clocks.provisional })
			.from(clocks)
			.where(ofSteps),
		officeHeader(unit)
	]);
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
		unit: { ...head, path: unit.path }
	};
}
