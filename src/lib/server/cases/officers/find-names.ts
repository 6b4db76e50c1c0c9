import { and, asc, eq, inArray, isNull, like, not, or, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { ONGOING_STATUSES } from '#lib/cases/moves.ts';
import { officersIn } from '#lib/cases/find-officer-names.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { caseOfficers, cases, messages } from '#lib/server/db/schema/cases.ts';
import { escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { textOfReport, type CaseRow, type CaseWithUnit, type UnitRow } from '../find.ts';
import { handlingAfter, namedOfficerIds } from '../handling-unit.ts';
import { inEachCase } from '../in-each-case.ts';
import { updateCase } from '../move.ts';
import { recordEvent } from '../timeline.ts';

/** An officer whom a case names, with the source of the name and its state. */
export type NamedOfficer = Pick<typeof caseOfficers.$inferSelect, 'officerId' | 'source' | 'state'>;

/** Finds the officers whom a new case names: the chosen one, the one of its desk, and those whose names are in its text. */
export async function findNamedOfficers(
	unit: UnitRow,
	input: { text: string; officerId?: string | null; placeOfficerId?: string | null }
): Promise<NamedOfficer[]> {
	const staff = (await referenceData()).officers.filter(({ unitId }) => unitId === unit.id);
	const byOfficer = new Map<string, NamedOfficer>();
	for (const { id } of officersIn(input.text, staff)) {
		byOfficer.set(id, { officerId: id, source: 'text', state: 'proposed' });
	}
	for (const [officerId, source] of [[input.placeOfficerId, 'place'] as const, [input.officerId, 'officer'] as const]) {
		if (officerId) byOfficer.set(officerId, { officerId, source, state: 'named' });
	}
	return [...byOfficer.values()];
}

/** Finds an active officer of the unit by id. */
export async function officerOfUnit(unitId: string, officerId: string) {
	const officer = (await referenceData()).officerById.get(officerId.toLowerCase());
	return officer?.unitId === unitId && officer.active ? officer : undefined;
}

/** @returns ids of the officers whom the case did not have yet */
export async function addNamedOfficers(tx: Tx, caseId: number, named: readonly NamedOfficer[]): Promise<string[]> {
	if (named.length === 0) return [];
	const values = named.map((officer) => ({ caseId, ...officer }));
	const added = tx.insert(caseOfficers).values(values).onConflictDoNothing();
	return (await added.returning({ id: caseOfficers.officerId })).map(({ id }) => id);
}

/**
 * Proposes officers whose names are found in a later text. Earlier decisions of people do not change.
 * @returns ids of the officers whom the case did not have yet
 */
export async function proposeOfficers(tx: Tx, row: { id: number }, unit: UnitRow, text: string): Promise<string[]> {
	return addNamedOfficers(tx, row.id, await findNamedOfficers(unit, { text }));
}

/** Deletes proposed names of a case, because they would hide it from all staff. */
export async function withdrawProposals(tx: Tx, id: number, proposed: SQL | undefined): Promise<void> {
	await tx.delete(caseOfficers).where(and(eq(caseOfficers.caseId, id), eq(caseOfficers.state, 'proposed'), proposed));
}

/**
 * Everything that the reporter and others wrote or said about the matter: also voice notes that staff wrote down, the
 * reports that LAPOR passed to the office, and follow-ups at LAPOR that are neither by an institution nor by this site.
 */
export async function textsAbout(tx: Tx, row: CaseRow): Promise<string> {
	const { author, body: said } = messages;
	const isTheirs = or(inArray(author, ['reporter', 'other']), like(said, '(pesan suara) %'));
	const { kind, author: institution, own, escalationId, content } = escalationUpdates;
	const isReporters = and(eq(kind, 'followup'), isNull(institution), not(own));
	const later = await unionAll(
		tx
			.select({ said: sql<string>`${said}` })
			.from(messages)
			.where(and(eq(messages.caseId, row.id), isTheirs)),
		tx
			.select({ said: sql<string>`concat_ws(' ', ${inboundReports.title}, ${inboundReports.content})` })
			.from(inboundReports)
			.where(eq(inboundReports.caseId, row.id)),
		tx
			.select({ said: sql<string>`coalesce(${content}, '')` })
			.from(escalationUpdates)
			.innerJoin(escalations, eq(escalations.id, escalationId))
			.where(and(eq(escalations.caseId, row.id), isReporters))
	);
	return [textOfReport(row), ...later.map((one) => one.said)].join('\n');
}

/**
 * Looks again for officers' names in the texts of a locked ongoing case. Since the texts arrived, an officer may have
 * been added, renamed or made head. A case that names the present head goes to the office above.
 * @returns the case afterwards
 */
export async function proposeOfficersAgain(tx: Tx, { row: before, unit }: CaseWithUnit): Promise<CaseRow> {
	await proposeOfficers(tx, before, unit, await textsAbout(tx, before));
	const { headOfficerId: head } = unit;
	if (before.restricted || !head || !(await namedOfficerIds(tx, before.id)).includes(head)) return before;
	const row = await updateCase(tx, before, await handlingAfter(tx, { row: before, unit }));
	const unassigned = (before.assigneeId !== null && row.assigneeId === null) || undefined;
	const data = { officer: head, action: 'head', unassigned };
	await recordEvent(tx, row, { type: 'officers_changed', author: 'system', public: false, data });
	return row;
}

/** Calls `proposeOfficersAgain` for each ongoing case of an office (`ONGOING_STATUSES`), as `inEachCase`. Safe to repeat. */
export async function proposeInOngoingCases(unitId: string): Promise<void> {
	const open = await db()
		.select({ id: cases.id })
		.from(cases)
		.where(and(eq(cases.unitId, unitId), inArray(cases.status, [...ONGOING_STATUSES])))
		.orderBy(asc(cases.id));
	await inEachCase(open, async (tx, found) => {
		// Somebody may have closed it or handed it over before it was locked.
		const { status, unitId: of } = found.row;
		if (of === unitId && ONGOING_STATUSES.includes(status)) await proposeOfficersAgain(tx, found);
	});
}
