import { and, eq } from 'drizzle-orm';
import { DISPUTES_BEFORE_FINAL } from '#lib/cases/status.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { completionEnds, completionOpen, objectionEnds } from '#lib/server/cases/conversation/turn.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { type timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { Occasion } from './letter.ts';

export type Entry = typeof timeline.$inferSelect;
type Finder = (tx: Tx, found: CaseWithUnit, entry: Entry) => Promise<Occasion | undefined> | Occasion | undefined;

/**
 * What a timeline entry of a case is to its reporter, as things stand by now: a question that was answered meanwhile
 * asks nothing any more. A new occasion is a line here and its words in `messages/letters`.
 */
const FINDERS: Partial<Record<Entry['type'], Finder>> = {
	opened,
	// Their own words are no news to them, and neither are LAPOR's, which LAPOR tells them.
	message: (_, { row }, { actorKind }) => (actorKind === 'staff' ? { kind: 'message', by: row.dueAt } : undefined),
	info_requested: async (tx, found) => (asked(found) ? { kind: 'question', by: await turnEnds(tx, found) } : undefined),
	clock_reminder: async (tx, found) => (asked(found) ? { kind: 'reminder', by: await turnEnds(tx, found) } : undefined),
	answered,
	archived,
	objection_declined: (_, { row, unit }) =>
		row.status === 'archived' && row.archivedAt
			? { kind: 'objection_declined', by: completionOpen(unit, row) ? completionEnds(unit, row.archivedAt) : null }
			: undefined,
	reopened: (_, { row }, { actorKind }) =>
		actorKind === 'staff' && isOpen(row) ? { kind: 'reopened', by: row.dueAt } : undefined,
	receipt_renewed: () => ({ kind: 'receipt_renewed' })
};
export const TOLD_TO_REPORTERS = Object.keys(FINDERS) as Entry['type'][];

export async function occasionOf(tx: Tx, found: CaseWithUnit, entry: Entry): Promise<Occasion | undefined> {
	return entry.public ? FINDERS[entry.type]?.(tx, found, entry) : undefined;
}

const asked = ({ row }: CaseWithUnit) => row.status === 'needs_info';
const isOpen = ({ status }: CaseWithUnit['row']) => status !== 'closed' && status !== 'archived';

function opened(_: Tx, { row }: CaseWithUnit, { data }: Entry): Occasion | undefined {
	// Over a budget or without a sign of a person: nobody's mailbox is filled by such forms.
	if (row.flagged) return undefined;
	return { kind: data.split_from ? 'split' : 'received', by: row.promisedAt };
}

async function answered(tx: Tx, found: CaseWithUnit): Promise<Occasion | undefined> {
	const { row } = found;
	if (row.status !== 'answered') return undefined;
	return { kind: row.disputes >= DISPUTES_BEFORE_FINAL ? 'final' : 'answered', by: await turnEnds(tx, found) };
}

async function archived(tx: Tx, { row, unit }: CaseWithUnit): Promise<Occasion | undefined> {
	// Who withdrew a report knows that it is closed.
	if (row.status !== 'archived' || !row.archivedAt || row.archiveReason === 'withdrawn') return undefined;
	const incomplete = row.archiveReason === 'incomplete';
	const by = incomplete ? completionEnds(unit, row.archivedAt) : await objectionEnds(tx, unit, row.archivedAt);
	return { kind: 'archived', by, incomplete };
}

async function turnEnds(tx: Tx, { row }: CaseWithUnit): Promise<Date | null> {
	const [clock] = await tx
		.select({ dueAt: clocks.dueAt })
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.name, 'reporter_turn'), eq(clocks.state, 'running')));
	return clock?.dueAt ?? null;
}
