import { and, asc, count, desc, eq, exists, gte, inArray, like, lt, not, or, sql } from 'drizzle-orm';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import { ownDataSchema, type OwnData } from '#lib/privacy/own-data.ts';
import { isArrival } from '#lib/recap/figures.ts';
import { ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { NOTICE_CHOICES, ownNoticeChoices } from '#lib/server/channels/notice-choices.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { caseOfficers, cases, timeline } from '#lib/server/db/schema/cases.ts';
import {
	absences,
	actingRoles,
	apiTokens,
	providerIdentities,
	roles,
	secondFactors,
	sessions
} from '#lib/server/db/schema/people.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import { places, rosterShifts, units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { recordIdsOf, type Actor } from '#lib/server/people/actor.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { photoConsentsOf } from '#lib/server/people/consents.ts';
import { recordExport } from '#lib/server/people/audit.ts';
import { officerPhoto } from '#lib/server/people/officers/officer-photo.ts';
import { ownRatings } from '#lib/server/ratings/own/own-ratings.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { ACCOUNT_AREAS } from '#lib/words/audit.ts';
import type { CopyFormat } from './case-copy.ts';
import { copiedRequests } from './copied-requests.ts';
import { snakeCaseKeys } from './snake-case-keys.ts';

/**
 * Returns what is held about the signed-in person: account, and the officer records if there are any. Reporters and
 * raters stay protected (UU 25/2009, UU 27/2022): reports that name the officer are only counted, and ratings are in
 * the form of `/me`. Each download is an entry of the audit log.
 *
 * @throws NotFound for the operator's token, which belongs to no person
 */
export async function ownData(actor: Actor, format: CopyFormat): Promise<OwnData> {
	const { officerById, unitById, units: offices } = await referenceData();
	const record = officerById.get(actor.officerId ?? '');
	const unit = unitById.get(record?.unitId ?? '');
	const records = (await recordIdsOf(actor.officerId)).flatMap((id) => officerById.get(id) ?? []);
	const formerRecords = records.filter((one) => one !== record);
	const [account, officer, former] = await Promise.all([
		accountData(actor, records),
		record && officerData(actor, record),
		Promise.all(formerRecords.map((one) => officerData(actor, one)))
	]);
	await recordExport(actor, unit?.id ?? null, { list: 'own_data', filter: { format }, rows: 1, complete: true });
	return ownDataSchema.parse({
		format: 'spatula-own-data',
		version: 1,
		made_at: now(),
		time_zone: (unit ?? offices[0])?.timeZone ?? 'UTC',
		account,
		officer: officer ?? null,
		former_officers: former
	});
}

type OfficerRow = NonNullable<ReturnType<Awaited<ReturnType<typeof referenceData>>['officerById']['get']>>;

async function accountData(actor: Actor, records: readonly OfficerRow[]) {
	const id = actor.accountId ?? '';
	const row = oneRow(actor.accountId ? await db().select().from(accounts).where(eq(accounts.id, id)) : []);
	const { name, scopes, createdAt, revokedAt } = apiTokens;
	const { role, kind, order, fromDay, toDay } = actingRoles;
	const { issuer, subject, linkedAt } = providerIdentities;
	const { device, createdAt: since, lastSentAt } = pushSubscriptions;
	const [held, acting, [identity], [factor], open, devices, requests, tokens, absent, mail, log] = await Promise.all([
		db()
			.select({ role: roles.role, office: units.name })
			.from(roles)
			.innerJoin(units, eq(units.id, roles.unitId))
			.where(eq(roles.accountId, id)),
		db()
			.select({ role, office: units.name, kind, order, from: fromDay, to: toDay })
			.from(actingRoles)
			.innerJoin(units, eq(units.id, actingRoles.unitId))
			.where(eq(actingRoles.accountId, id))
			.orderBy(asc(fromDay)),
		db()
			.select({ issuer, subject, linked_at: linkedAt })
			.from(providerIdentities)
			.where(eq(providerIdentities.accountId, id)),
		db().select({ since: secondFactors.enrolledAt }).from(secondFactors).where(eq(secondFactors.accountId, id)),
		db()
			.select({ expires_at: sessions.expiresAt, device: sessions.device })
			.from(sessions)
			.where(eq(sessions.accountId, id)),
		db()
			.select({ device, created_at: since, last_sent_at: lastSentAt })
			.from(pushSubscriptions)
			.where(eq(pushSubscriptions.accountId, id))
			.orderBy(asc(since)),
		copiedRequests(eq(dataRequests.accountId, id)),
		db()
			.select({ name, scopes, created_at: createdAt, revoked_at: revokedAt })
			.from(apiTokens)
			.where(eq(apiTokens.accountId, id)),
		db()
			.select({ from: absences.fromDay, to: absences.toDay })
			.from(absences)
			.where(eq(absences.accountId, id))
			.orderBy(asc(absences.fromDay)),
		ownNoticeChoices(actor),
		logAbout(row.username, records)
	]);
	return {
		...snakeCaseKeys(row),
		has_password: row.passwordHash !== null,
		second_factor_since: factor?.since ?? null,
		emails_switched_off: NOTICE_CHOICES.filter((choice) => !mail?.wanted.includes(choice)),
		roles: held,
		acting_roles: acting,
		single_sign_on: identity ?? null,
		sessions: open,
		notice_devices: devices,
		requests,
		tokens,
		absences: absent,
		log
	};
}

/** Entries of the audit log whose subject is the account or an officer record, newest first. Without names of others. */
function logAbout(username: string, records: readonly OfficerRow[]) {
	const { at, action, actorId, subject, after, unitId, id } = auditEntries;
	const areas = ACCOUNT_AREAS.map((area) => like(action, `${area}.%`));
	// By id: the name may have changed, and a colleague may have the same.
	const ofOfficer = records.map((record) =>
		and(like(action, 'officer.%'), sql`${after} ->> 'record' = ${record.id}`, eq(unitId, record.unitId))
	);
	return db()
		.select({ at, action, by_account: sql<boolean>`${actorId} is not null` })
		.from(auditEntries)
		.where(or(and(eq(subject, username), or(...areas)), ...ofOfficer))
		.orderBy(desc(id));
}

async function officerData(actor: Actor, record: OfficerRow) {
	const { unitById } = await referenceData();
	const unit = unitById.get(record.unitId);
	const { weekday, day, startsAt, endsAt, officerId, placeId } = rosterShifts;
	const year = sql<number>`extract(year from ${visits.day})::int`;
	const [shifts, served, questions, reports, own, photo, photoConsents] = await Promise.all([
		db()
			.select({ place: places.name, weekday, day, starts_at: startsAt, ends_at: endsAt })
			.from(rosterShifts)
			.innerJoin(places, eq(places.id, placeId))
			.where(eq(officerId, record.id))
			.orderBy(asc(day), asc(weekday)),
		db()
			.select({ year, count: count() })
			.from(visits)
			.where(and(eq(visits.officerId, record.id), notInTrial(visits.unitId)))
			.groupBy(year)
			.orderBy(year),
		ownQuestions(actor),
		reportsNaming(record.id, unit?.timeZone ?? 'UTC'),
		ownRatings({ ...actor, officerId: record.id }, true),
		officerPhoto(record.id),
		photoConsentsOf(record.id)
	]);
	return {
		...snakeCaseKeys(record),
		office: unit?.name ?? '',
		has_photo: record.photoKey !== null,
		photo: photo?.toString('base64') ?? null,
		photo_consents: photoConsents,
		searched_names: [record.name, ...record.nicknames],
		shifts,
		visits: served,
		questions,
		reports,
		ratings: {
			counted: own?.n ?? 0,
			distribution: [...(own?.distribution ?? [])],
			range: own?.range ?? null,
			comments: own?.comments ?? [],
			objections: own?.contests ?? []
		}
	};
}

/**
 * Number of reports that named the officer at the beginning of the month, by their state then. A count of today would
 * change on the day of a report, or on the day on which somebody names the officer, and so reveal it. Reports that were
 * under examination then (restricted) are not counted, because the count would warn the person examined (UU 27/2022
 * art. 15). Proposed names are not counted, because nobody has decided them.
 */
async function reportsNaming(officerId: string, zone: string) {
	const asOf = `${localDate(now(), zone).slice(0, 7)}-01`;
	const begin = instantAt(asOf, '00:00', zone);
	const { caseId, at, id, move } = caseMoves;
	/** Whether one of these actions changed the officer in the case since the beginning of the month. */
	const changedSince = (...actions: string[]) => {
		const ofOfficer = and(
			eq(timeline.caseId, caseOfficers.caseId),
			eq(timeline.type, 'officers_changed'),
			sql`${timeline.data} ->> 'officer' = ${officerId}`
		);
		const isAction = inArray(sql`${timeline.data} ->> 'action'`, actions);
		const changes = db()
			.select({ one: sql`1` })
			.from(timeline);
		return exists(changes.where(and(ofOfficer, isAction, gte(timeline.at, begin))));
	};
	const latest = db()
		.selectDistinctOn([caseId], { move })
		.from(caseMoves)
		.innerJoin(caseOfficers, eq(caseOfficers.caseId, caseId))
		.innerJoin(cases, eq(cases.id, caseId))
		.where(
			and(
				eq(caseOfficers.officerId, officerId),
				not(changedSince('add', 'confirm')),
				or(eq(caseOfficers.state, 'named'), and(eq(caseOfficers.state, 'cleared'), changedSince('remove'))),
				or(eq(cases.restricted, false), gte(cases.restrictedAt, begin)),
				lt(at, begin),
				notInTrial(cases.unitId),
				sql`${move} <> 'moved_out'`
			)
		)
		.orderBy(asc(caseId), desc(id));
	const moves = (await latest).map((one) => one.move);
	return {
		as_of: asOf,
		open: moves.filter(isArrival).length,
		answered: moves.filter((one) => one === 'answered').length,
		archived: moves.filter((one) => one === 'archived').length
	};
}
