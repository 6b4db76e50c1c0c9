import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { and, eq, exists, inArray, isNull, lt, notExists, notInArray, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { finishedKeys, RECAP_GRAINS } from '#lib/recap/period.ts';
import type { RecapScope } from '#lib/recap/figures.ts';
import { grainOf, type PeriodKey } from '#lib/ratings/period-key.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { missingDecrees } from '#lib/server/calendar/year.ts';
import { markRead, notify, occasionKey, ofKind } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { recaps } from '#lib/server/db/schema/recap.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { rootAdministrators } from '#lib/server/people/administration.ts';
import { owedBefore, periodEnd, recapDueOn } from '#lib/server/recap/due.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/**
 * Notifies each root administrator, including later ones, once for each year without a holiday decree. Marks the
 * notices as read when the year is loaded.
 */
export async function notifyOfMissingDecrees(): Promise<void> {
	const years = await missingDecrees();
	const loaded = notInArray(sql`${notices.data} ->> 'year'`, years.map(String));
	await markRead(db(), and(ofKind('decree_missing'), loaded));
	if (years.length === 0) return;
	const people = await rootAdministrators(db());
	const ids = people.map(({ accountId }) => accountId);
	for (const year of years) {
		const page = `/admin/calendar/${year}`;
		await transaction((tx) => notify(tx, ids, { kind: 'decree_missing', occasion: year, data: { year }, page }));
	}
}

/** Supervisors are reminded this many working days before the due day. */
const AHEAD = 2;

type Stage = 'recap_due' | 'recap_overdue';

interface DueRecap {
	period: PeriodKey;
	/** Exclusive end of the period. */
	ended: Date;
	dueOn: LocalDate;
	stage: Stage;
	zone: string;
}

/**
 * Notifies the supervisors of an office that its report of the latest month or quarter is due soon, and again when it
 * is overdue. Nobody is notified if the report was filed. Accounts created after the period are not notified.
 */
export async function notifyOfOwedRecaps(): Promise<void> {
	await readFiledRecaps();
	const zones = (await referenceData()).units.filter(isOpenToPublic).map(({ timeZone }) => timeZone);
	for (const zone of new Set(zones)) {
		for (const owed of await dueRecapsIn(zone)) {
			const { stage: kind, period, dueOn } = owed;
			for (const [unitId, people] of Map.groupBy(await withoutNotice(owed), ({ unit }) => unit.id)) {
				const { slug = '', name = '' } = people[0]?.unit ?? {};
				const ids = people.map(({ accountId }) => accountId);
				const notice = {
					kind,
					occasion: `${period}:${unitId}`,
					data: { unit: slug, name, period, due_on: dueOn },
					page: `/insight/recap?${new URLSearchParams({ unit: slug, grain: grainOf(period), period })}`
				};
				await transaction((tx) => notify(tx, ids, notice));
			}
		}
	}
}

async function dueRecapsIn(zone: string): Promise<DueRecap[]> {
	const today = localDate(now(), zone);
	const periods = RECAP_GRAINS.flatMap((grain) => finishedKeys(grain, today).slice(0, 1));
	const calendar = await loadCalendar();
	return [...(await recapDueOn(periods))].flatMap(([period, dueOn]) => {
		const ended = periodEnd(period, zone);
		if (!ended || today < addWorkingDays(dueOn, -AHEAD, calendar)) return [];
		return [{ period, ended, dueOn, stage: today > dueOn ? 'recap_overdue' : 'recap_due', zone }];
	});
}

/** Offices whose report of the period is missing, with the supervisors who were not notified yet. */
function withoutNotice({ period, ended, stage, zone }: DueRecap) {
	const notified = db()
		.select({ one: sql`1` })
		.from(notices)
		.where(
			eq(
				notices.onceKey,
				sql`${occasionKey({ kind: stage, occasion: `${period}:` })} || ${units.id} || ':' || ${accounts.id}`
			)
		);
	return db()
		.select({ unit: { id: units.id, slug: units.slug, name: units.name }, accountId: accounts.id })
		.from(units)
		.innerJoin(roles, and(eq(roles.unitId, units.id), eq(roles.role, 'supervisor')))
		.innerJoin(accounts, and(eq(accounts.id, roles.accountId), eq(accounts.active, true)))
		.where(
			and(
				eq(units.state, 'open'),
				eq(units.timeZone, zone),
				owedBefore(ended),
				lt(accounts.createdAt, ended),
				reportMissing(period),
				notExists(notified)
			)
		);
}

/**
 * Condition for offices with a missing report of a period: the office's own one, or the combined one if it has offices
 * below.
 */
function reportMissing(period: string | SQL): SQL | undefined {
	const below = alias(units, 'below');
	const filed = (scope: RecapScope) =>
		db()
			.select({ one: sql`1` })
			.from(recaps)
			.where(and(eq(recaps.unitId, units.id), eq(recaps.scope, scope), sql`${recaps.period} = ${period}`));
	const offices = db()
		.select({ one: sql`1` })
		.from(below)
		.where(and(eq(below.parentId, units.id), eq(below.state, 'open')));
	return or(notExists(filed('own')), and(exists(offices), notExists(filed('tree'))));
}

/** Marks reminders of filed reports as read. */
async function readFiledRecaps(): Promise<void> {
	const filed = db()
		.select({ id: notices.id })
		.from(notices)
		.innerJoin(units, eq(units.slug, sql`${notices.data} ->> 'unit'`))
		.where(
			and(
				or(ofKind('recap_due'), ofKind('recap_overdue')),
				isNull(notices.readAt),
				sql`not (${reportMissing(sql`${notices.data} ->> 'period'`)})`
			)
		);
	await markRead(db(), inArray(notices.id, filed));
}
