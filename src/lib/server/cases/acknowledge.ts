import { and, eq, inArray, sql } from 'drizzle-orm';
import type { CaseKind, ClockName } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { TrackedCase } from './track.ts';

const SUMMARY_LETTERS = 160;

/** Confirmation shown after sending and printed on the proof. Never contains the receipt. */
export interface Acknowledgement {
	reference: string;
	kind: CaseKind;
	/** The first words of the report. */
	summary: string;
	files: number;
	nameless: boolean;
	receivedAt: Date;
	/** The first reply as it was promised at opening. */
	promisedAt: Date | null;
	/** Next steps: current due days of verification, first reply and solution. */
	steps: { name: ClockName; dueAt: Date; provisional: boolean }[];
	unit: { name: string; slug: string; accent: string; timeZone: string; address: string | null; phone: string | null };
}

const STEPS: readonly ClockName[] = ['verification', 'first_reply', 'solution'];

/** @throws NotFound if the receipt is no longer valid */
export async function acknowledgement(tracked: TrackedCase): Promise<Acknowledgement> {
	const [found] = await db()
		.select({
			row: cases,
			unit: units,
			files: sql<number>`(select count(*)::int from ${attachments} where ${attachments.caseId} = ${cases.id}
				and ${attachments.messageId} is null and ${attachments.public})`
		})
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(eq(cases.id, tracked.caseId), eq(cases.receiptHash, tracked.receiptHash)));
	if (!found) throw new NotFound();
	const { row, unit, files } = found;
	const running = await db()
		.select({ name: clocks.name, dueAt: clocks.dueAt, provisional: clocks.provisional })
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.run, 1), inArray(clocks.name, [...STEPS])));
	return {
		reference: row.reference,
		kind: row.kind,
		summary: shortened(row.title ?? row.body),
		files,
		nameless: row.identity === 'none',
		receivedAt: row.receivedAt,
		promisedAt: row.promisedAt,
		steps: STEPS.flatMap((name) => {
			const clock = running.find((one) => one.name === name);
			return clock?.dueAt ? [{ name, dueAt: clock.dueAt, provisional: clock.provisional }] : [];
		}),
		unit: {
			name: unit.name,
			slug: unit.slug,
			accent: unit.accent,
			timeZone: unit.timeZone,
			address: unit.address,
			phone: unit.phone
		}
	};
}

/** The beginning of a text in one line, cut between words. */
function shortened(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	if (line.length <= SUMMARY_LETTERS) return line;
	const cut = line.slice(0, SUMMARY_LETTERS);
	return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), SUMMARY_LETTERS - 30))} …`;
}
