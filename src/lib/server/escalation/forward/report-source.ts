import { localDate } from '#lib/calendar/days.ts';
import type { CaseRow, UnitRow } from '#lib/server/cases/find.ts';
import { openReporter, type Reporter } from '#lib/server/cases/reporter.ts';
import { now } from '#lib/server/clock.ts';
import type { ReportSource } from './lapor-report.ts';
import type { EscalationRow, Locked } from '../rows.ts';

/** The part of a confirmed report in `escalations.report`. */
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
	/** The target institution; null: the office's own. */
	institutionId: number | null;
}

/** The facts of a case, before a person confirms them. */
export function factsOf(row: CaseRow, unit: Pick<UnitRow, 'timeZone'>): ReportFacts {
	return {
		kind: row.kind,
		category: row.category ?? 'other',
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

/** Puts a report together. `reporter`: only with consent. */
export function sourceOf(
	facts: ReportFacts,
	said: { reference: string; nn: number; title: string; content: string },
	reporter: Reporter | null,
	unit: Pick<UnitRow, 'timeZone'>
): ReportSource {
	const { solution, institutionId: _, ...same } = facts;
	const { reference, nn, title, content } = said;
	const today = localDate(now(), unit.timeZone);
	const consent = reporter !== null;
	return { ...same, reference, nn, title, body: content, requestedSolution: solution, today, consent, reporter };
}

/** The report of a stored row, as it was confirmed. */
export async function sourceOfRow({ escalation, row, unit }: Locked): Promise<ReportSource> {
	const reporter = escalation.withIdentity ? await openReporter(escalation.identitySealed) : null;
	const { nn, title, content } = escalation;
	return sourceOf(factsOfRow(escalation), { reference: row.reference, nn, title, content }, reporter, unit);
}
