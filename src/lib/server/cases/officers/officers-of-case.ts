import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { version } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { caseOfficers, timeline } from '#lib/server/db/schema/cases.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { Conflict, NotAllowed, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { handlingAfter } from '../handling-unit.ts';
import { changeCase, updateCase } from '../move.ts';
import { recordEvent } from '../timeline.ts';

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
	const named = (await officersOfCase(row.id)).filter((officer) => officer.state === 'named').map(({ id }) => id);
	const { officers: all, unitById } = await referenceData();
	const chain = chainOf(unit);
	return all
		.filter(({ id, unitId }) => chain.includes(unitId) && !named.includes(id))
		.map(({ id, name, unitId }) => ({ id, name: `${name} · ${unitById.get(unitId)?.name ?? ''}` }));
}

/**
 * Changes which officers a case names. One person can add an officer of its office or of an office above, or decide
 * about a name found in the text. Removing a named officer needs a request and a confirmation by another person. A named
 * officer immediately loses access to the case and its assignment.
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
			if (!officer || !chainOf(caseWithUnit.unit).includes(officer.unitId)) throw invalid('officer', 'officer_invalid');
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
 * Whether a case is restricted only because its messages seemed to be about the head of the office. All of these hold:
 * the entry is the head's and was found in the text; the sender opened the case from a conversation; it is not about
 * integrity; it was restricted from the start. `restrictedAt` is set only if it became so later.
 */
async function isRestrictedOnlyFor(tx: Tx, { row, unit }: CaseWithUnit, entry: Entry | undefined): Promise<boolean> {
	if (entry?.source !== 'text' || entry.officerId !== unit.headOfficerId) return false;
	if (!row.restricted || row.restrictedAt !== null || row.category === 'integrity') return false;
	const { caseId, type, actorKind, data } = timeline;
	const isOfSender = and(eq(type, 'opened'), eq(actorKind, 'reporter'), sql`${data} ? 'conversation'`);
	return (await tx.$count(timeline, and(eq(caseId, row.id), isOfSender))) > 0;
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
