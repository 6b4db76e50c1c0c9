import { localDate } from '#lib/calendar/days.ts';
import type { CaseRow, UnitRow } from '#lib/server/cases/find.ts';
import { openReporter, type Reporter } from '#lib/server/cases/reporter.ts';
import { now } from '#lib/server/clock.ts';
import type { ReportSource } from './lapor-report.ts';
import type { EscalationRow } from '../rows.ts';

/** The part of a confirmed report that stands in `escalations.report`: what was true and decided when it was forwarded. */
export interface ReportFacts {
	kind: ReportSource['kind'];
	category: string;
	/** The expected solution, redacted as the content is. */
	solution: string | null;
	/** YYYY-MM-DD; null if the reporter didn't say. */
	incidentOn: string | null;
	receivedOn: string;
	identity: ReportSource['identity'];
	secret: boolean;
	priority: boolean;
	/** The institution that gets the report, where it isn't the office's own. */
	institutionId: number | null;
}

/** A case nobody gave a category yet goes out as "other"; verification sets one. */
const UNSORTED = 'other';

/** What a case says of itself for a report, before a person confirms it. */
export function factsOf(row: CaseRow, unit: Pick<UnitRow, 'timeZone'>): ReportFacts {
	return {
		kind: row.kind,
		category: row.category ?? UNSORTED,
		solution: row.requestedSolution,
		incidentOn: row.incidentOn,
		receivedOn: localDate(row.receivedAt, unit.timeZone),
		identity: row.identity,
		secret: row.secret,
		priority: row.priority === 'high',
		institutionId: null
	};
}

export const factsOfRow = (escalation: Pick<EscalationRow, 'report'>): ReportFacts =>
	escalation.report as unknown as ReportFacts;

/** Puts the pieces of a report together. `reporter` only where there is consent. */
export function sourceOf(
	facts: ReportFacts,
	said: { reference: string; nn: number; title: string; content: string },
	reporter: Reporter | null,
	unit: Pick<UnitRow, 'timeZone'>,
	fileIds: readonly string[] = []
): ReportSource {
	const { kind, category, solution, incidentOn, receivedOn, identity, secret, priority } = facts;
	return {
		reference: said.reference,
		nn: said.nn,
		kind,
		title: said.title,
		body: said.content,
		requestedSolution: solution,
		category,
		incidentOn,
		receivedOn,
		today: localDate(now(), unit.timeZone),
		identity,
		consent: reporter !== null,
		reporter,
		secret,
		priority,
		fileIds
	};
}

/** The report of a stored row, as it was confirmed. */
export async function sourceOfRow(
	{ escalation, row, unit }: { escalation: EscalationRow; row: Pick<CaseRow, 'reference'>; unit: UnitRow },
	fileIds: readonly string[] = []
): Promise<ReportSource> {
	const reporter = escalation.withIdentity ? await openReporter(escalation.identitySealed) : null;
	const { nn, title, content } = escalation;
	return sourceOf(factsOfRow(escalation), { reference: row.reference, nn, title, content }, reporter, unit, fileIds);
}
