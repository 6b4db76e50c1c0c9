import { asc, eq } from 'drizzle-orm';
import { timelineOf, type TimelineEntry } from '#lib/server/cases/timeline.ts';
import { db } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { factsOfRow } from './forward/report-source.ts';
import type { EscalationRow } from './rows.ts';

/** A forward of the same case, for the way there. */
export type Relative = Pick<
	EscalationRow,
	'id' | 'nn' | 'reference' | 'state' | 'mode' | 'laporId' | 'createdAt' | 'purposeReason'
>;

/** What a person changed when the case was sent once more. */
export interface Change {
	field: 'title' | 'content' | 'solution' | 'incident_on' | 'institution';
	before: string | null;
	after: string | null;
}

export interface Family {
	/** The forwards of the case, oldest first, this one among them. */
	all: Relative[];
	/** What this one changed against the one before it; undefined for the first. */
	changes: Change[] | undefined;
}

/** What differs between a forward and the one before it, in the order of the form. */
function changesBetween(before: EscalationRow, after: EscalationRow): Change[] {
	const [old, made] = [textsOf(before), textsOf(after)];
	return (Object.keys(made) as Change['field'][])
		.map((field) => ({ field, before: old[field], after: made[field] }))
		.filter((change) => change.before !== change.after);
}

function textsOf(row: EscalationRow): Record<Change['field'], string | null> {
	const { solution, incidentOn } = factsOfRow(row);
	return {
		title: row.title,
		content: row.content,
		solution: solution || null,
		incident_on: incidentOn,
		institution: row.institution
	};
}

/** The forwards of a row's case. The caller has already shown a right to the case. */
export async function familyOf(row: EscalationRow): Promise<Family> {
	const rows = await db()
		.select()
		.from(escalations)
		.where(eq(escalations.caseId, row.caseId))
		.orderBy(asc(escalations.nn));
	const before = rows.findLast(({ nn }) => nn < row.nn);
	return { all: rows.map(relative), changes: before && changesBetween(before, row) };
}

const relative = ({ id, nn, reference, state, mode, laporId, createdAt, purposeReason }: EscalationRow): Relative => ({
	id,
	nn,
	reference,
	state,
	mode,
	laporId,
	createdAt,
	purposeReason
});

/** What the case's timeline says of one forward, in order: who, when, why. */
export async function entriesOf(row: Pick<EscalationRow, 'id' | 'caseId'>): Promise<TimelineEntry[]> {
	return (await timelineOf(row.caseId, false)).filter(({ data }) => data.escalation === row.id);
}
