import { and, eq, inArray, sql } from 'drizzle-orm';
import { compactReference, findOurReferences, formatReference, parseReportNumber } from '#lib/text/reference.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';

interface Sought {
	lapor_id: string;
	title?: string | undefined;
	content: string;
	/** Our number, if a person typed it beside the text. */
	reference?: string | undefined;
}

/** The case of a report that LAPOR forwarded. */
export type Place =
	/** It contains no number of ours: a new case. */
	| { kind: 'opens' }
	/** It belongs to a case of ours; `accepts`: the forward whose arrival at LAPOR it proves. */
	| { kind: 'attaches'; reference: string; by: 'lapor_id' | 'reference'; accepts: string | null }
	| { kind: 'known'; id: string; reference: string }
	/**
	 * It belongs to a case the actor may not see. Nothing is stored: a second case would split the matter, and nobody may
	 * write to a case they can't see. Somebody who may see the case must enter it.
	 */
	| { kind: 'elsewhere' }
	/** Several cases match and a person must choose, or a number is mistyped. */
	| {
			kind: 'unclear';
			code: 'inbound_reference_unknown' | 'inbound_reference_other' | 'inbound_references';
			found: string[];
	  };

interface Known {
	caseId: number;
	reference: string;
	visible: boolean;
}
type Unproven = { id: string; caseId: number; reference: string };

/** Finds the cases of many reports at once, in their order, like `placeOf` for one. */
export async function placesOf(on: Database | Tx, actor: Actor, reports: readonly Sought[]): Promise<Place[]> {
	const numbers = [...new Set(reports.map(({ lapor_id }) => lapor_id))];
	const named = [...new Set(reports.flatMap((report) => [...ownReferences(report), ...typedReference(report)]))];
	const visible = sql<boolean>`(${visibleTo(actor)})`;
	const known = await on
		.select({ laporId: inboundReports.laporId, id: inboundReports.id, reference: cases.reference, visible })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(inArray(inboundReports.laporId, numbers));
	const forwarded = await on
		.select({ laporId: escalations.laporId, caseId: cases.id, reference: cases.reference, visible })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(inArray(escalations.laporId, numbers))
		.orderBy(escalations.createdAt);
	// Joined, because without a join column names lose their table.
	const ours = await on
		.select({ caseId: cases.id, reference: cases.reference, visible })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(inArray(cases.reference, named));
	const open: Unproven[] = await on
		.select({ id: escalations.id, caseId: cases.id, reference: escalations.reference })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(inArray(cases.reference, named), inArray(escalations.state, [...UNPROVEN_STATES])));
	return reports.map((report) => {
		const before = known.find(({ laporId }) => laporId === report.lapor_id);
		if (before) return before.visible ? { kind: 'known', id: before.id, reference: before.reference } : ELSEWHERE;
		const byNumber = forwarded.find(({ laporId }) => laporId === report.lapor_id);
		return byNumber ? placeByNumber(report, byNumber) : placeByReference(report, ours, open);
	});
}

const ELSEWHERE: Place = { kind: 'elsewhere' };

export async function placeOf(on: Database | Tx, actor: Actor, report: Sought): Promise<Place> {
	const [place] = await placesOf(on, actor, [report]);
	if (!place) throw new Error('a report without a place');
	return place;
}

const textOf = ({ title, content, reference }: Sought) => [title, content, reference].filter(Boolean).join('\n');
const ownReferences = ({ title, content }: Sought) => findOurReferences([title, content].filter(Boolean).join('\n'));

/** Parses our number as typed, with or without the number of the forward. */
function typedReference({ reference }: Sought): string[] {
	const read = parseReportNumber(reference ?? '');
	return read ? [formatReference(read)] : [];
}

/** LAPOR's number takes precedence, because a text can mention several reports. */
function placeByNumber(report: Sought, found: Known): Place {
	if (!found.visible) return ELSEWHERE;
	const { reference } = found;
	if (report.reference && !typedReference(report).includes(reference))
		return { kind: 'unclear', code: 'inbound_reference_other', found: [reference] };
	return { kind: 'attaches', reference, by: 'lapor_id', accepts: null };
}

function placeByReference(report: Sought, ours: readonly Known[], open: readonly Unproven[]): Place {
	const wanted = report.reference ? typedReference(report) : ownReferences(report);
	const found = ours.filter(({ reference }) => wanted.includes(reference));
	const [one, ...others] = found;
	if (!one)
		return report.reference ? { kind: 'unclear', code: 'inbound_reference_unknown', found: [] } : { kind: 'opens' };
	const seen = found.filter(({ visible }) => visible).map(({ reference }) => reference);
	if (others.length > 0 && seen.length > 0) return { kind: 'unclear', code: 'inbound_references', found: seen };
	if (!one.visible) return ELSEWHERE;
	const proven = open.find(({ caseId, reference }) => caseId === one.caseId && carries(textOf(report), reference));
	return { kind: 'attaches', reference: one.reference, by: 'reference', accepts: proven?.id ?? null };
}

/** States in which the arrival at LAPOR is not known yet. A row being sent waits for its own answer. */
export const UNPROVEN_STATES = ['unknown', 'waiting', 'stuck'] as const;

/** Whether the text contains the full reference of a forward, as a number or tag. The reference of the case alone proves nothing. */
function carries(text: string, reference: string): boolean {
	const forms = [reference.replace(/\./g, '\\.'), compactReference(reference)];
	return forms.some((form) => new RegExp(`(?<![A-Z0-9])${form}(?!\\d)`, 'i').test(text));
}
