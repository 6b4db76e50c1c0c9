import { and, eq, gte, isNull } from 'drizzle-orm';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { guestBookEntry, visitBeginning, visitCorrection } from '#lib/visits/schema.ts';
import { seemsToNamePerson } from '#lib/visits/purpose.ts';
import { visitInput } from '#lib/ratings/schema.ts';
import { visitState, type VisitState } from '#lib/visits/vocabulary.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { contentHash } from '#lib/server/content-hash.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { caseRoleUnits, type Actor } from '#lib/server/people/actor.ts';
import { desksAt } from '#lib/server/places/duty.ts';
import { officersAt } from '#lib/server/people/officers/officers.ts';
import { requireOpen, requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { requireSeen } from '#lib/server/stale-form.ts';
import { LINK_DAYS, visitToken } from './link.ts';
import { correctable, lockVisit, requireMayReassign, visitNumber, type VisitRow } from './visits.ts';

/** Columns common to all visits: the date in the unit's zone, and the hash of its token. */
export function visitEntry(id: string, unit: { id: string; timeZone: string }, createdAt: Date) {
	return {
		id,
		unitId: unit.id,
		tokenHash: sha256Hex(visitToken(id)),
		day: localDate(createdAt, unit.timeZone),
		createdAt,
		expiresAt: new Date(createdAt.getTime() + LINK_DAYS * DAY_MS)
	};
}

/** @throws Invalid if the officer is inactive or of another unit */
async function requireOfficerOf(unitId: string, officerId: string | undefined): Promise<void> {
	if (officerId === undefined || (await officersAt(unitId)).some(({ id }) => id === officerId)) return;
	throw invalid('officer', 'rating_officer');
}

/** @throws Invalid if the place is not a desk in use at the unit */
async function requireDeskOf(unitId: string, placeId: string | undefined): Promise<void> {
	if (placeId === undefined || (await desksAt(unitId)).some(({ id }) => id === placeId)) return;
	throw invalid('place', 'rating_place');
}

/**
 * Records a visitor in a unit's guest book. Every entry is a visit with its own link, so staff cannot choose which
 * visitors get a link. The same form sent twice is one visit. With `step` begin or close the service begins at once,
 * and the officer who serves can no longer change the officer.
 * @param device hash of the recording browser from `deviceKey`
 * @throws NotFound if the actor has no guest book at the unit · OfficeClosed
 * @throws Conflict `submission-reused` if the id was used by another form or another account
 * @throws Invalid for an officer or desk of another unit, if a service begins without an officer, and
 * `visit_purpose_personal` if the purpose may name a person and nobody confirmed it
 */
export async function recordVisit(actor: Actor, raw: unknown, device: string | null): Promise<{ id: string }> {
	const input = checked(guestBookEntry, raw);
	const unit = await requireOpen(await requireUnitWithin(input.unit, caseRoleUnits(actor)), actor);
	if (input.step !== 'wait' && !input.officer) throw invalid('officer', 'visit_officer');
	if (seemsToNamePerson(input.purpose ?? null) && !input.purposeChecked) {
		throw invalid('purposeChecked', 'visit_purpose_personal');
	}
	const at = now();
	const content = contentHash({ ...input, unit: unit.code, by: actor.accountId }, 'visit');
	return transaction(async (tx) => {
		await requireOfficerOf(unit.id, input.officer);
		await requireDeskOf(unit.id, input.place);
		const [stored] = await tx
			.insert(visits)
			.values({
				...visitEntry(input.submission_id, unit, at),
				service: input.service,
				officerId: input.officer,
				placeId: input.place,
				channel: input.channel,
				purpose: input.purpose,
				begunAt: input.step === 'wait' ? null : at,
				closedAt: input.step === 'close' ? at : null,
				createdBy: actor.accountId,
				madeByDevice: device,
				contentHash: content
			})
			.onConflictDoNothing({ target: visits.id })
			.returning({ id: visits.id });
		if (stored) return stored;
		const [former] = await tx
			.select({ id: visits.id, contentHash: visits.contentHash })
			.from(visits)
			.where(eq(visits.id, input.submission_id));
		// Another visitor was entered in the page of the former one. Treating both as one entry would lose this
		// visitor.
		if (former?.contentHash !== content) throw new Conflict('submission-reused');
		return { id: former.id };
	});
}

/**
 * Begins the service of a waiting visitor. From now on `officerFixed` says who may change the officer. The log records
 * if another officer was recorded before.
 * @throws NotFound · Conflict if the service has already begun · Invalid without an officer
 */
export async function beginVisit(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(visitBeginning, raw);
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		requireState(visit, 'waiting');
		await requireOfficerOf(visit.unitId, input.officer);
		await requireDeskOf(visit.unitId, input.place);
		const officerId = input.officer ?? visit.officerId;
		if (officerId === null) throw invalid('officer', 'visit_officer');
		const placeId = input.place ?? visit.placeId;
		const after = { ...visit, officerId, placeId, begunAt: now() };
		await tx.update(visits).set({ officerId, placeId, begunAt: after.begunAt }).where(eq(visits.id, id));
		if (visit.officerId !== null) await recordVisitChange(tx, actor, 'visit.officer_changed', visit, after);
	});
}

/**
 * Ends a service. From now on the visit's link is shown.
 * @throws NotFound · Conflict if it has not begun or has already ended
 */
export async function closeVisit(actor: Actor, id: string): Promise<void> {
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		requireState(visit, 'begun');
		await tx.update(visits).set({ closedAt: now() }).where(eq(visits.id, id));
	});
}

function requireState(visit: VisitRow, expected: VisitState): void {
	const state = visitState(visit);
	if (state !== expected) throw new Conflict('invalid-move', { status: state, reason: `visit_${state}` });
}

/**
 * Corrects an entry, with a reason, and logs the correction. Entries of the guest book are never deleted.
 * @throws NotFound · Conflict `stale` · NotAllowed if the officer is fixed (`officerFixed`)
 * @throws Invalid for an officer or desk of another unit, without a reason, and `visit_unchanged` if nothing differs
 */
export async function correctVisit(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { reason, ...input } = checked(visitCorrection, raw);
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		await requireOfficerOf(visit.unitId, unlessUnchanged(visit.officerId, input.officer));
		await requireDeskOf(visit.unitId, unlessUnchanged(visit.placeId, input.place));
		const corrected = {
			service: input.service ?? null,
			officerId: input.officer ?? null,
			placeId: input.place ?? null,
			channel: input.channel,
			purpose: input.purpose ?? null
		};
		requireSeen(raw, correctable(visit), corrected);
		const differs = Object.entries(corrected).some(([name, value]) => visit[name as keyof typeof corrected] !== value);
		if (!differs) throw invalid('', 'visit_unchanged');
		if (corrected.officerId !== visit.officerId) await requireMayReassign(actor, visit, corrected.officerId);
		await tx.update(visits).set(corrected).where(eq(visits.id, visit.id));
		await recordVisitChange(tx, actor, 'visit.corrected', visit, { ...visit, ...corrected }, reason);
	});
}

/** Skips the check of an unchanged value: an officer or desk that has since left the unit may stay in the entry. */
const unlessUnchanged = (current: string | null, given: string | undefined) => (given === current ? undefined : given);

/**
 * Logs the differences, with officers and desks by name. For the purpose it logs only that it changed: the old text may
 * contain a visitor's name, and log entries are never deleted.
 */
async function recordVisitChange(
	tx: Tx,
	actor: Actor,
	action: 'visit.officer_changed' | 'visit.corrected',
	before: VisitRow,
	after: VisitRow,
	reason?: string
): Promise<void> {
	const { officerById, placeById } = await referenceData();
	const values = ({ service, officerId, placeId, channel }: VisitRow) => ({
		service,
		officer: officerId && (officerById.get(officerId)?.name ?? officerId),
		desk: placeId && (placeById.get(placeId)?.name ?? placeId),
		channel
	});
	const rewritten = before.purpose === after.purpose ? {} : { purpose: '…' };
	const about = { unitId: before.unitId, action, subject: visitNumber(before.id), reason };
	await recordDifference(tx, actor, about, values(before), { ...values(after), ...rewritten });
}

/**
 * Stores a service to one person that another system reports (`POST visits`). The visit begins and ends at the time of
 * the request. If the same account repeats the request with its external reference on the same day, this is the same
 * visit, whether or not its link was used: the office must not learn that. Queue numbers begin anew each day.
 * @param accountId the recording account; null for the bootstrap token
 * @param within ids of the units where the actor may record visits
 * @returns also the one-time token, which is not stored
 * @throws NotFound if the unit does not exist or is not in `within`, OfficeClosed, Invalid for an officer who does not
 * work there
 */
export async function createVisit(
	raw: unknown,
	{ accountId, within }: { accountId: string | null; within: readonly string[] }
) {
	const input = checked(visitInput, raw);
	const unit = await requireOpen(await requireUnitWithin(input.unit, within));
	await requireOfficerOf(unit.id, input.officer);
	const at = now();
	const content = { service: input.service ?? null, officerId: input.officer ?? null, channel: input.channel };
	const by = { unitId: unit.id, createdBy: accountId, externalRef: input.external_ref ?? null };
	return transaction(async (tx) => {
		const former = await visitReported(
			tx,
			{ ...content, ...by },
			instantAt(localDate(at, unit.timeZone), '00:00', unit.timeZone)
		);
		const visit = former ?? visitEntry(crypto.randomUUID(), unit, at);
		if (!former) await tx.insert(visits).values({ ...visit, ...content, ...by, begunAt: at, closedAt: at });
		const { id, expiresAt } = visit;
		return { id, token: visitToken(id), expiresAt, repeated: former !== undefined };
	});
}

/**
 * The visit since a moment that an account has reported with the same values. Concurrent reports of a reference wait.
 */
async function visitReported(
	tx: Tx,
	reported: Pick<VisitRow, 'unitId' | 'createdBy' | 'externalRef' | 'service' | 'officerId' | 'channel'>,
	since: Date
): Promise<VisitRow | undefined> {
	if (reported.externalRef === null) return undefined;
	await lockKey(tx, `visit/${reported.unitId}/${reported.externalRef}`);
	const same = Object.entries(reported).map(([name, value]) => {
		const column = visits[name as keyof typeof reported];
		return value === null ? isNull(column) : eq(column, value);
	});
	const [former] = await tx
		.select()
		.from(visits)
		.where(and(...same, gte(visits.createdAt, since)));
	return former;
}
