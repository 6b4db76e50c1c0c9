import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import {
	compactReference,
	findOurReferences,
	formatReference,
	parseReportOrForwardNumber
} from '#lib/text/reference-numbers.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { hasOwnNumber } from '../rows.ts';

interface SoughtReport {
	lapor_id: string;
	title?: string | undefined;
	content: string;
	/** Our reference, if a person typed it in the field beside the text. */
	reference?: string | undefined;
}

/** Which case an inbound report belongs to. */
export type Place =
	/** The report contains no reference of ours: it opens a new case. */
	| { kind: 'opens' }
	/** It belongs to a case of ours. `accepts`: the forward that, as the report proves, arrived at LAPOR. */
	| { kind: 'attaches'; reference: string; by: 'lapor_id' | 'reference'; accepts: string | null }
	| { kind: 'known'; id: string; reference: string }
	/**
	 * It belongs to a case that the actor may not see. Nothing is stored: a second case would split the matter, and nobody may
	 * write to a case that they can't see. A person who may see the case must enter the report.
	 */
	| { kind: 'elsewhere' }
	/** Several cases match and a person must choose, or a reference is mistyped. */
	| {
			kind: 'unclear';
			code: 'inbound_reference_unknown' | 'inbound_reference_other' | 'inbound_references';
			found: string[];
	  };

interface KnownCase {
	caseId: number;
	reference: string;
	visible: boolean;
}
type UnprovenForward = { id: string; caseId: number; reference: string };

/** Finds the cases of many reports with a few queries. Returns them in the order of the reports. */
export async function placesOf(on: Database | Tx, actor: Actor, reports: readonly SoughtReport[]): Promise<Place[]> {
	const numbers = [...new Set(reports.map(({ lapor_id }) => lapor_id))];
	const references = [...new Set(reports.flatMap((report) => [...ownReferences(report), ...typedReference(report)]))];
	const visible = sql<boolean>`(${visibleTo(actor)})`;
	// Nothing is attached to a case whose texts were destroyed.
	const takesReports = isNull(cases.destroyedAt);
	const storedReports = await on
		.select({ laporId: inboundReports.laporId, id: inboundReports.id, reference: cases.reference, visible })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(inArray(inboundReports.laporId, numbers));
	const forwarded = await on
		.select({ laporId: escalations.laporId, caseId: cases.id, reference: cases.reference, visible })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(inArray(escalations.laporId, numbers), hasOwnNumber, takesReports))
		.orderBy(escalations.createdAt);
	// The join is needed: without one, drizzle omits the table from column names.
	const ourCases = await on
		.select({ caseId: cases.id, reference: cases.reference, visible })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(inArray(cases.reference, references), takesReports));
	const open: UnprovenForward[] = await on
		.select({ id: escalations.id, caseId: cases.id, reference: escalations.reference })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(inArray(cases.reference, references), inArray(escalations.state, [...UNPROVEN_STATES])));
	return reports.map((report) => {
		const before = storedReports.find(({ laporId }) => laporId === report.lapor_id);
		if (before) return before.visible ? { kind: 'known', id: before.id, reference: before.reference } : ELSEWHERE;
		const byNumber = forwarded.find(({ laporId }) => laporId === report.lapor_id);
		return byNumber ? placeByNumber(report, byNumber) : placeByReference(report, ourCases, open);
	});
}

const ELSEWHERE: Place = { kind: 'elsewhere' };

export async function placeOf(on: Database | Tx, actor: Actor, report: SoughtReport): Promise<Place> {
	const [place] = await placesOf(on, actor, [report]);
	if (!place) throw new Error('placesOf returned nothing for the report');
	return place;
}

const textOf = ({ title, content, reference }: SoughtReport) => [title, content, reference].filter(Boolean).join('\n');
const ownReferences = ({ title, content }: SoughtReport) =>
	findOurReferences([title, content].filter(Boolean).join('\n'));

/** The case's reference in the typed text, which may also be a forward's reference. */
function typedReference({ reference }: SoughtReport): string[] {
	const read = parseReportOrForwardNumber(reference ?? '');
	return read ? [formatReference(read)] : [];
}

/** LAPOR's number takes precedence over the text, because a text can mention several reports. */
function placeByNumber(report: SoughtReport, found: KnownCase): Place {
	if (!found.visible) return ELSEWHERE;
	const { reference } = found;
	if (report.reference && !typedReference(report).includes(reference))
		return { kind: 'unclear', code: 'inbound_reference_other', found: [reference] };
	return { kind: 'attaches', reference, by: 'lapor_id', accepts: null };
}

function placeByReference(
	report: SoughtReport,
	ourCases: readonly KnownCase[],
	unproven: readonly UnprovenForward[]
): Place {
	const references = report.reference ? typedReference(report) : ownReferences(report);
	const matches = ourCases.filter(({ reference }) => references.includes(reference));
	const [match, ...others] = matches;
	if (!match)
		return report.reference ? { kind: 'unclear', code: 'inbound_reference_unknown', found: [] } : { kind: 'opens' };
	const seen = matches.filter(({ visible }) => visible).map(({ reference }) => reference);
	if (others.length > 0 && seen.length > 0) return { kind: 'unclear', code: 'inbound_references', found: seen };
	if (!match.visible) return ELSEWHERE;
	const proven = unproven.find(
		({ caseId, reference }) => caseId === match.caseId && carries(textOf(report), reference)
	);
	return { kind: 'attaches', reference: match.reference, by: 'reference', accepts: proven?.id ?? null };
}

/** States in which it is not known whether the report is at LAPOR. A row in state `sending` waits for its own response. */
export const UNPROVEN_STATES = ['unknown', 'waiting', 'stuck'] as const;

/** Whether the text contains the full reference of a forward, spelled or as a tag. The case's reference alone proves nothing. */
function carries(text: string, reference: string): boolean {
	const forms = [reference.replace(/\./g, '\\.'), compactReference(reference)];
	return forms.some((form) => new RegExp(`(?<![A-Z0-9])${form}(?!\\d)`, 'i').test(text));
}
