import { and, asc, eq, inArray, isNull, like, not, notInArray, or, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { ONGOING_STATUSES } from '#lib/cases/moves.ts';
import { officersIn } from '#lib/cases/named-officers.ts';
import { version } from '#lib/cases/schema.ts';
import type { Category } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { Conflict, NotAllowed, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { caseForActor, type CaseRow, type CaseWithUnit, type UnitRow } from '../find.ts';
import { inEachCase } from '../in-each-case.ts';
import { changeCase, updateCase } from '../move.ts';
import { workersFor } from '../people.ts';
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

/** Whether the unit has handlers or supervisors and the case names all of them. */
async function everybodyNamed(tx: Tx, unitId: string, named: readonly string[]): Promise<boolean> {
	if (named.length === 0) return false;
	const people = await tx
		.select({ officerId: officers.id })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(and(eq(roles.unitId, unitId), inArray(roles.role, ['handler', 'supervisor']), eq(accounts.active, true)));
	return people.length > 0 && people.every(({ officerId }) => officerId !== null && named.includes(officerId));
}

/**
 * Decides which unit handles a case of `unit`, and whether only its supervisors see it. Integrity cases and cases that
 * name the head go to the parent's supervisors. If the case names everybody at the unit, it goes to the parent. At the
 * root such cases stay at the root, restricted to supervisors whom they do not name.
 */
export async function handlingOf(tx: Tx, unit: UnitRow, category: Category | null, named: readonly string[]) {
	// A trial's report stays in its office.
	const above = (isInTrial(unit) ? null : unit.parentId) ?? unit.id;
	const aboutHead = unit.headOfficerId !== null && named.includes(unit.headOfficerId);
	if (category === 'integrity' || aboutHead) return { handlingUnitId: above, restricted: true };
	if (await everybodyNamed(tx, unit.id, named)) return { handlingUnitId: above, restricted: above === unit.id };
	return { handlingUnitId: unit.id, restricted: false };
}

/** Ids of the officers whom a case names, without proposed ones. */
export async function namedOfficerIds(tx: Tx, caseId: number): Promise<string[]> {
	const named = await tx
		.select({ id: caseOfficers.officerId })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, caseId), eq(caseOfficers.state, 'named')));
	return named.map(({ id }) => id);
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

type Worded = Pick<CaseRow, 'id' | 'title' | 'body' | 'requestedSolution'>;

/**
 * Everything that the reporter and others wrote or said about the matter: also voice notes that staff wrote down, the
 * reports that LAPOR passed to the office, and follow-ups at LAPOR that are neither by an institution nor by this site.
 */
export async function textsAbout(tx: Tx, { id, title, body, requestedSolution }: Worded): Promise<string> {
	const { author, body: said } = messages;
	const isTheirs = or(inArray(author, ['reporter', 'other']), like(said, '(pesan suara) %'));
	const { kind, author: institution, own, escalationId, content } = escalationUpdates;
	const isReporters = and(eq(kind, 'followup'), isNull(institution), not(own));
	const later = await unionAll(
		tx
			.select({ said: sql<string>`${said}` })
			.from(messages)
			.where(and(eq(messages.caseId, id), isTheirs)),
		tx
			.select({ said: sql<string>`concat_ws(' ', ${inboundReports.title}, ${inboundReports.content})` })
			.from(inboundReports)
			.where(eq(inboundReports.caseId, id)),
		tx
			.select({ said: sql<string>`coalesce(${content}, '')` })
			.from(escalationUpdates)
			.innerJoin(escalations, eq(escalations.id, escalationId))
			.where(and(eq(escalations.caseId, id), isReporters))
	);
	return [title, body, requestedSolution, ...later.map((one) => one.said)].join('\n');
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

/** Finds an active officer of the unit by id. */
export async function officerOfUnit(unitId: string, officerId: string) {
	const officer = (await referenceData()).officerById.get(officerId.toLowerCase());
	return officer?.unitId === unitId && officer.active ? officer : undefined;
}

const namingInput = z.object({
	officer: z.uuid('officer_invalid').toLowerCase(),
	/**
	 * `confirm` or `clear` a proposed name, `add` an officer, or `remove` one (one person requests, another confirms).
	 */
	action: z.enum(['add', 'confirm', 'clear', 'remove'], { error: 'action_invalid' }),
	reason: z.string().trim().max(500, 'reason_long').optional(),
	version
});

/** The officers of a case with their state, also cleared ones. The caller must have checked access to the case. */
export async function officersOfCase(caseId: number) {
	const { source, state, removalBy, removalReason } = caseOfficers;
	return db()
		.select({ id: officers.id, name: officers.name, source, state, removalBy, removalReason })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(eq(caseOfficers.caseId, caseId));
}

/**
 * The officers who can be added to a case: those of its office and of the offices above, without those already named.
 */
export async function officersToName(actor: Actor, reference: string): Promise<{ id: string; name: string }[]> {
	const { row, unit } = await caseForActor(actor, reference);
	const known = (await officersOfCase(row.id)).filter((officer) => officer.state === 'named').map(({ id }) => id);
	const rows = await db()
		.select({ id: officers.id, name: officers.name, unit: units.name })
		.from(officers)
		.innerJoin(units, eq(units.id, officers.unitId))
		.where(and(inArray(officers.unitId, chainOf(unit)), notInArray(officers.id, known)))
		.orderBy(asc(officers.name), asc(officers.id));
	return rows.map(({ id, name, unit }) => ({ id, name: `${name} · ${unit}` }));
}

/**
 * Changes which officers a case names. One person can add an officer or decide about a name found in the text. Removing
 * a named officer needs a request and a confirmation by another person. A named officer immediately loses access to the
 * case and its assignment.
 */
export async function changeNamedOfficers(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(namingInput, raw);
	return changeCase(actor, reference, input.version, async (tx, caseWithUnit) => {
		const { row: before } = caseWithUnit;
		const key = and(eq(caseOfficers.caseId, before.id), eq(caseOfficers.officerId, input.officer));
		const [entry] = await tx.select().from(caseOfficers).where(key);
		let isCleared = false;
		if (input.action === 'add') {
			const [officer] = await tx.select().from(officers).where(eq(officers.id, input.officer));
			if (!officer) throw invalid('officer', 'officer_invalid');
			const named = { source: 'staff' as const, state: 'named' as const, removalBy: null, removalReason: null };
			await tx
				.insert(caseOfficers)
				.values({ caseId: before.id, officerId: input.officer, ...named })
				.onConflictDoUpdate({ target: [caseOfficers.caseId, caseOfficers.officerId], set: named });
		} else {
			if (!entry || entry.state === 'cleared') throw new Conflict('invalid-move', { version: before.version });
			const changes = changeOfName(actor, entry, input);
			isCleared = changes.state === 'cleared';
			await tx.update(caseOfficers).set(changes).where(key);
		}
		const goesBack = isCleared && (await isRestrictedOnlyFor(tx, caseWithUnit, entry));
		const open = goesBack ? { ...before, restricted: false } : before;
		const row = await updateCase(tx, before, await handlingAfter(tx, { ...caseWithUnit, row: open }));
		// Handlers are notified as for a new case if the case reaches them without an assignee, or loses its assignee.
		const arrives = before.handlingUnitId !== row.handlingUnitId || (before.restricted && !row.restricted);
		const unassigned = (row.assigneeId === null && (arrives || before.assigneeId !== null)) || undefined;
		const data = { officer: input.officer, action: input.action, reason: input.reason || undefined, unassigned };
		await recordEvent(tx, row, { type: 'officers_changed', author: actor, public: false, data });
		return row;
	});
}

/**
 * Whether a case is restricted only because its messages seemed to be about the head of the office: the entry is the
 * head's and was found in the text, the sender opened the case from a conversation, it is not about integrity, and it was
 * restricted from the start (`restrictedAt` is set only if it became so later).
 */
async function isRestrictedOnlyFor(tx: Tx, { row, unit }: CaseWithUnit, entry: Entry | undefined): Promise<boolean> {
	if (entry?.source !== 'text' || entry.officerId !== unit.headOfficerId) return false;
	if (!row.restricted || row.restrictedAt !== null || row.category === 'integrity') return false;
	const { caseId, type, actorKind, data } = timeline;
	const isOfSender = and(eq(type, 'opened'), eq(actorKind, 'reporter'), sql`${data} ? 'conversation'`);
	return (await tx.$count(timeline, and(eq(caseId, row.id), isOfSender))) > 0;
}

/**
 * The new handling unit and assignee. A restricted case stays restricted. An assignee who may no longer see the case
 * loses it.
 */
async function handlingAfter(tx: Tx, { row, unit }: CaseWithUnit): Promise<Partial<CaseRow>> {
	const handling = row.restricted ? {} : await handlingOf(tx, unit, row.category, await namedOfficerIds(tx, row.id));
	const workers = await workersFor(tx, { ...row, ...handling });
	const staysAssigned = workers.some((person) => person.id === row.assigneeId);
	return { ...handling, assigneeId: staysAssigned ? row.assigneeId : null };
}

type Entry = typeof caseOfficers.$inferSelect;

function changeOfName(actor: Actor, entry: Entry, input: z.output<typeof namingInput>): Partial<Entry> {
	if (input.action === 'confirm') return { state: 'named' };
	// One person can clear a proposed name, because no person entered it.
	if (entry.state === 'proposed') return { state: 'cleared' };
	if (!input.reason) throw invalid('reason', 'reason_missing');
	if (!entry.removalBy) return { removalBy: actor.accountId, removalReason: input.reason };
	if (entry.removalBy === actor.accountId) throw new NotAllowed('second_person');
	return { state: 'cleared', removalBy: null, removalReason: null };
}
