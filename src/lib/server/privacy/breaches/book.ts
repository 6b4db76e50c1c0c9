import { and, asc, desc, eq, inArray, like, not, sql } from 'drizzle-orm';
import { z } from 'zod';
import { instantAt, localDate, yearOf } from '#lib/calendar/days.ts';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { breachClock, factsInput, type LetterTo } from '#lib/privacy/breach.ts';
import { requiredText, seenVersion } from '#lib/cases/schema.ts';
import { breachNumber } from '#lib/text/reference-numbers.ts';
import { hourRule } from '#lib/server/calendar/load.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, storedRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { nextNumber } from '#lib/server/db/next-number.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { breaches, breachLetters, breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { requireSameContent } from '#lib/server/content-hash.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { namesHiddenCase } from '#lib/server/cases/visible-references.ts';
import { belongsToNoCaseNaming } from '#lib/server/cases/visibility.ts';
import { recordChange, recordDifference } from '#lib/server/people/audit.ts';
import { unitTree } from '#lib/server/people/units/find-unit.ts';
import { unitsOfKeeper } from '../notice/responsible.ts';
import { notifyResponsible, readUnits } from './responsible-staff.ts';

const sentAt = (to: LetterTo) =>
	sql<Date | null>`(select ${breachLetters.sentAt} from ${breachLetters}
		where ${breachLetters.breachId} = ${breaches.id} and ${breachLetters.to} = ${to})`.mapWith(breachLetters.sentAt);

/**
 * Breaches with their units and with what decides their clocks. The caller must add an access condition.
 * @param reader reports that name this person are not counted
 */
export const breachesWithUnit = (on: Database | Tx, reader?: Actor) => {
	const counted = reader ? belongsToNoCaseNaming(reader, breachSubjects.caseId) : sql`true`;
	const ofBreach = sql`from ${breachSubjects} where ${breachSubjects.breachId} = ${breaches.id} and ${counted}`;
	return on
		.select({
			row: breaches,
			unit: units,
			affected: sql<number>`(select count(*)::int ${ofBreach})`,
			untold: sql<number>`(select count(*)::int ${ofBreach} and told_at is null)`,
			lastToldAt: sql<Date | null>`(select max(told_at) ${ofBreach})`.mapWith(breachSubjects.toldAt),
			noticeAt: sentAt('people'),
			authorityAt: sentAt('authority')
		})
		.from(breaches)
		.innerJoin(units, eq(units.id, breaches.unitId));
};

export type BreachWithUnit = Awaited<ReturnType<typeof breachesWithUnit>>[number];

/** The breach as lists and pages show it. */
const shown = ({ row, unit, ...told }: BreachWithUnit) => ({
	...row,
	...told,
	unit: { id: unit.id, code: unit.code, name: unit.name, zone: unit.timeZone },
	formattedNumber: breachNumber({ ...row, unit: unit.code }),
	clock: breachClock({ ...row, ...told }, now())
});
export type ListedBreach = ReturnType<typeof shown>;

const PAGE = 30;

/** A page of the breach book, the latest known first, and the units where the actor may record a breach. */
export async function listBreaches(actor: Actor, cursor?: string) {
	const rows = await breachesWithUnit(db(), actor)
		.where(and(inArray(breaches.unitId, await readUnits(actor)), beyond(cursor, [breaches.knownAt, breaches.id])))
		.orderBy(desc(breaches.knownAt), desc(breaches.id))
		.limit(PAGE + 1);
	const { items, nextCursor } = pageOf(rows.map(shown), PAGE, ({ knownAt }) => knownAt);
	const kept = await unitsOfKeeper(actor);
	return { items, nextCursor, units: (await unitTree()).filter(({ id }) => kept.includes(id)) };
}

/** How many open breaches the actor may read; null for an actor who reads those of no unit. */
export async function countOpenBreaches(actor: Actor): Promise<number | null> {
	const read = await readUnits(actor);
	if (read.length === 0) return null;
	return db().$count(breaches, and(eq(breaches.state, 'open'), inArray(breaches.unitId, read)));
}

/** Ids of the breaches that the actor may read, by their numbers. */
export async function breachIds(actor: Actor): Promise<Map<string, string>> {
	const rows = await db()
		.select({ row: breaches, unit: units.code })
		.from(breaches)
		.innerJoin(units, eq(units.id, breaches.unitId))
		.where(inArray(breaches.unitId, await readUnits(actor)));
	return new Map(rows.map(({ row, unit }) => [breachNumber({ ...row, unit }), row.id]));
}

/** A breach that the actor may read. @throws NotFound */
export async function breachFor(actor: Actor, id: string) {
	const readable = inArray(breaches.unitId, await readUnits(actor));
	const found = oneRow(await breachesWithUnit(db(), actor).where(and(isId(breaches.id, id), readable)));
	return { ...shown(found), office: found.unit, mayChange: (await unitsOfKeeper(actor)).includes(found.row.unitId) };
}

/**
 * A breach with what was done about it, from the audit log, oldest first: without numbers of cases, and without entries
 * about a single case that is hidden from the actor. Officers read no counts and letters there, which include reports that name them.
 * @throws NotFound
 */
export async function breachView(actor: Actor, id: string) {
	const { office: _office, ...breach } = await breachFor(actor, id);
	const { at, action, after, reason } = auditEntries;
	const hidden = actor.officerId === null ? sql`array['reference']` : sql`array['reference', 'count', 'told', 'body']`;
	const entries = await db()
		.select({ at, action, after: sql`${after} - ${hidden}`, reason, by: accounts.name })
		.from(auditEntries)
		.leftJoin(accounts, eq(accounts.id, auditEntries.actorId))
		.where(
			and(
				...[
					eq(auditEntries.unitId, breach.unitId),
					like(action, 'breach.%'),
					eq(auditEntries.subject, breach.formattedNumber)
				],
				not(namesHiddenCase(actor, sql`${after} ->> 'reference'`))
			)
		)
		.orderBy(asc(auditEntries.id));
	return { ...breach, entries };
}

/** A local day and time of a form as a moment. */
export const momentIn = (zone: string, local: string): Date => instantAt(local.slice(0, 10), local.slice(11), zone);

function factsIn(raw: unknown, zone: string, known: Date) {
	const { fromAt, toAt, knownAt, causes = null, measures = null, ...facts } = checked(factsInput, raw);
	const moments = {
		fromAt: fromAt ? momentIn(zone, fromAt) : null,
		toAt: toAt ? momentIn(zone, toAt) : null,
		knownAt: knownAt ? momentIn(zone, knownAt) : known
	};
	for (const [path, at] of Object.entries(moments)) if (at && at > now()) throw invalid(path, 'date_ahead');
	if (fromAt && toAt && toAt < fromAt) throw invalid('toAt', 'breach_ends_before');
	return { ...facts, ...moments, causes, measures };
}

const recordSchema = z.object({
	unitId: z.uuid('field_invalid'),
	submission_id: z.uuid('submission_id_missing').optional()
});

/**
 * Records a breach under the next number of the unit and year, and notifies the administrators of the root unit. The
 * time limit is the present rule and starts when the breach became known. The id of the form becomes that of the
 * breach, so a form that is sent twice is recorded once.
 * @returns the id
 * @throws NotFound if the actor does not keep the unit's breaches · Conflict `submission-reused`
 */
export async function recordBreach(actor: Actor, raw: unknown): Promise<string> {
	const { unitId, submission_id } = checked(recordSchema, raw);
	const unit = (await unitTree()).find(({ id }) => id === unitId);
	if (!unit || !(await unitsOfKeeper(actor)).includes(unitId)) throw new NotFound(`unit ${unitId}`);
	// In minutes, as in the form, so that a correction of another field does not change it.
	const facts = factsIn(raw, unit.timeZone, new Date(Math.floor(now().getTime() / MINUTE_MS) * MINUTE_MS));
	const { hours, basis } = await hourRule('breach', now());
	return transaction(async (tx) => {
		// If the same form is sent twice at once, the second waits here, so it never takes a number.
		await tx.select({ id: units.id }).from(units).where(eq(units.id, unitId)).for('no key update');
		const [stored] = await tx
			.select()
			.from(breaches)
			.where(isId(breaches.id, submission_id ?? ''));
		if (stored) {
			requireSameContent(stored, { unitId, ...factsIn(raw, unit.timeZone, stored.knownAt) });
			return stored.id;
		}
		const year = yearOf(localDate(now(), unit.timeZone));
		const number = await nextNumber(tx, 'breach', unit.id, year);
		const values = { id: submission_id, ...facts, unitId: unit.id, year, number, hours, basis, createdAt: now() };
		const row = await tx.insert(breaches).values(values).returning().then(storedRow);
		const subject = breachNumber({ number, unit: unit.code, year });
		await recordChange(tx, actor, { unitId: unit.id, action: 'breach.recorded', subject, after: facts });
		const { dueAt } = breachClock({ ...row, untold: 0, lastToldAt: null, noticeAt: null, authorityAt: null }, now());
		await notifyResponsible(tx, 'breach_recorded', row, unit, dueAt);
		return row.id;
	});
}

/**
 * Runs `work` with an open breach that the actor keeps, locked until the transaction ends.
 * @throws NotFound · Conflict `invalid-move` if the breach is closed
 */
export function changeBreach<T>(
	actor: Actor,
	id: string,
	work: (tx: Tx, found: Pick<BreachWithUnit, 'row' | 'unit'> & { subject: string }) => Promise<T>,
	state: 'open' | 'closed' = 'open'
): Promise<T> {
	return transaction(async (tx) => {
		const found = await tx
			.select({ row: breaches, unit: units })
			.from(breaches)
			.innerJoin(units, eq(units.id, breaches.unitId))
			.where(and(isId(breaches.id, id), inArray(breaches.unitId, await unitsOfKeeper(actor))))
			.for('update', { of: breaches })
			.then(oneRow);
		if (found.row.state !== state) throw new Conflict('invalid-move', { reason: `breach_not_${state}` });
		return work(tx, { ...found, subject: breachNumber({ ...found.row, unit: found.unit.code }) });
	});
}

const versionInput = z.object({ version: seenVersion });
const stateInput = versionInput.extend({
	state: z.enum(['open', 'closed'], 'field_invalid'),
	reason: requiredText(1, 1000, 'reason')
});

const requireVersion = ({ version }: { version: number }, seen: number) => {
	if (version !== seen) throw new Conflict('stale', { version });
};

/** Changes the facts. Letters that nobody edited yet follow them. @throws as `changeBreach` · Conflict `stale` */
export async function changeFacts(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version } = checked(versionInput, raw);
	await changeBreach(actor, id, async (tx, { row, unit, subject }) => {
		requireVersion(row, version);
		const facts = factsIn(raw, unit.timeZone, row.knownAt);
		const about = { unitId: unit.id, action: 'breach.changed' as const, subject };
		const changed = await recordDifference(tx, actor, about, row, facts);
		if (changed.length === 0) return;
		await tx
			.update(breaches)
			.set({ ...facts, version: version + 1 })
			.where(eq(breaches.id, id));
	});
}

/** Closes a breach, or opens it again, with a reason. @throws as `changeBreach` · Conflict `stale` */
export async function setBreachState(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version, state, reason } = checked(stateInput, raw);
	await changeBreach(
		actor,
		id,
		async (tx, { row, unit, subject }) => {
			requireVersion(row, version);
			await tx
				.update(breaches)
				.set({ state, version: version + 1 })
				.where(eq(breaches.id, id));
			const action = state === 'closed' ? 'breach.closed' : 'breach.reopened';
			await recordChange(tx, actor, { unitId: unit.id, action, subject, reason });
		},
		state === 'closed' ? 'open' : 'closed'
	);
}
