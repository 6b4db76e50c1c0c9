import { and, count, eq, inArray, sql } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { db } from '#lib/server/db/index.ts';
import { approvals, cases } from '#lib/server/db/schema/cases.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { roleHolders } from '#lib/server/people/administration.ts';
import { chainOf, coversDay, referenceData } from '#lib/server/reference/reference.ts';
import { notNaming, visibleTo } from '../visibility.ts';

/**
 * The offices whose drafts no other supervisor could decide on the first day of the account's next absence: their names,
 * how many drafts wait there now, and whether each has a supervisor above. Undefined without an absence or such an office.
 */
export async function officesLeftByAbsence(
	reader: Actor,
	accountId: string,
	absences: readonly { fromDay: LocalDate }[]
) {
	const [next] = absences;
	if (!next) return undefined;
	const person = accountId === reader.accountId ? reader : await actorOf(accountId);
	if (!person || person.units.supervisor.length === 0) return undefined;
	const { absences: known, unitById } = await referenceData();
	const isAway = (id: string) => known.some((one) => one.accountId === id && coversDay(one, next.fromDay));
	const holders = await roleHolders(db(), ['supervisor']);
	const mayKnow = (unitId: string) => person === reader || reader.units.admin.includes(unitId);
	const own = holders.filter(({ id, unitId }) => id === accountId && mayKnow(unitId)).map(({ unitId }) => unitId);
	const others = holders.filter(({ id, hasPassword }) => id !== accountId && hasPassword && !isAway(id));
	const covered = new Set(others.map(({ unitId }) => unitId));
	const left = own.flatMap((id) => unitById.get(id) ?? []).filter(({ id }) => !covered.has(id));
	if (left.length === 0) return undefined;
	const inOffices = inArray(
		cases.handlingUnitId,
		left.map(({ id }) => id)
	);
	const ofOthers = sql`${approvals.authorId} is distinct from ${accountId}::uuid`;
	const [waiting] = await db()
		.select({ drafts: count() })
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.where(and(eq(approvals.state, 'pending'), inOffices, ofOthers, visibleTo(person), notNaming(reader)));
	const hasAbove = left.every((unit) => chainOf(unit).some((id) => covered.has(id)));
	return { units: left.map(({ name }) => name), drafts: waiting?.drafts ?? 0, hasAbove };
}
