import { asc, gte, isNull, or } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { calendarOf, type Calendar } from '#lib/calendar/working-calendar.ts';
import { ago } from '#lib/server/clock.ts';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import {
	referenceChangeCount,
	db,
	handle,
	openTransaction,
	type Handle,
	type OpenTransaction,
	type Reader,
	type Tx
} from '#lib/server/db/index.ts';
import { receivesChanges } from '#lib/server/db/notify.ts';
import { answerTemplates } from '#lib/server/db/schema/answers.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { publicFigures, publicPages } from '#lib/server/db/schema/recap.ts';
import { retentionRules } from '#lib/server/db/schema/retention.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { skmOffices, skmPublications } from '#lib/server/db/schema/skm.ts';
import { categoryWords, routingRules } from '#lib/server/db/schema/triage.ts';
import { officers, places, rosterShifts, services, units } from '#lib/server/db/schema/units.ts';

export type Unit = typeof units.$inferSelect;
/** A unit in tree order; `depth` 0 is a root. */
export type UnitInTree = Unit & { depth: number };

/** Ids of the unit and of the units above it, from the root down. An unknown unit has none. */
export const chainOf = (unit: Pick<Unit, 'path'> | undefined): string[] => unit?.path.split('/').filter(Boolean) ?? [];

/** Whether the unit is this one or below it. */
export const isInSubtree = ({ path }: Pick<Unit, 'path'>, unitId: string): boolean => path.includes(`/${unitId}/`);

/** Whether an absence includes this day. */
export const coversDay = ({ fromDay, toDay }: typeof absences.$inferSelect, day: LocalDate): boolean =>
	fromDay <= day && day <= toDay;

/** What the whole installation has in common, as of one moment. Callers must not change it. */
export type ReferenceData = Readonly<Awaited<ReturnType<typeof load>>>;

/** The reference data of this process, loaded when the changes had this number. */
interface Loaded {
	of: Handle;
	changes: number;
	/** Absences that end before this day are not loaded. */
	from: LocalDate;
	data: Promise<ReferenceData>;
	/** `older`: the database is away, so `data` is what was loaded before. */
	state: 'loading' | 'ready' | 'older';
	/** `performance.now()` when loading began, or failed. */
	at: number;
}

let loaded: Loaded | undefined;

/**
 * The offices, services, officers, places, roster, absences, deadline rules, calendar, routing rules, templates,
 * settings and retention rules. They are in memory and are loaded again after a commit that changed them, in this
 * process or in another (docs/decisions/0033). Inside a transaction that changed them, they are read by that
 * transaction. While the database is away, they stay as they were, so that pages can be shown, above all a form with
 * its typed text.
 */
export function referenceData(): Promise<ReferenceData> {
	const opened = openTransaction();
	const present = { of: handle(), changes: referenceChangeCount(), from: yesterdayUtc() };
	const known = loaded && isCurrent(loaded, present) ? loaded : undefined;
	if (opened) {
		// It never waits for a load, because the load may wait for the connection of this transaction.
		return known?.state === 'ready' && opened.referenceWrites === 0 ? known.data : loadedIn(opened);
	}
	if (known) return known.data;
	const before = loaded?.of === present.of ? loaded : undefined;
	const data = loadAtOneMoment().then(
		(value) => {
			mine.state = 'ready';
			return value;
		},
		(cause: unknown) => {
			if (before && isDatabaseUnavailable(cause)) {
				Object.assign(mine, { state: 'older', at: performance.now() });
				return before.data;
			}
			// The next caller tries again.
			if (loaded === mine) loaded = before;
			throw cause;
		}
	);
	const mine: Loaded = { ...present, data, state: 'loading', at: performance.now() };
	loaded = mine;
	return data;
}

/** What a transaction loaded itself, after so many writes of its own. */
const inTransactions = new WeakMap<Tx, { writes: number; data: Promise<ReferenceData> }>();

function loadedIn({ tx, referenceWrites: writes }: OpenTransaction): Promise<ReferenceData> {
	const before = inTransactions.get(tx);
	if (before?.writes === writes) return before.data;
	const data = load(tx);
	inTransactions.set(tx, { writes, data });
	return data;
}

/** Milliseconds until what may be outdated is loaded again: without a connection that listens, or after a failed load. */
const MAY_BE_OUTDATED_MS = 1000;

const isCurrent = (known: Loaded, present: Pick<Loaded, 'of' | 'changes' | 'from'>): boolean =>
	known.of === present.of &&
	known.changes === present.changes &&
	known.from === present.from &&
	((receivesChanges() && known.state !== 'older') || performance.now() - known.at < MAY_BE_OUTDATED_MS);

/** The value of a setting; undefined if none was stored. The caller knows its type. */
export const settingOf = async (key: string): Promise<unknown> => (await referenceData()).settings.get(key);

/**
 * Yesterday in UTC, because today is not earlier in any time zone. It is computed about ten times per request, and the
 * functions of the calendar would take fifty times as long.
 */
export const yesterdayUtc = (): LocalDate => ago(DAY_MS).toISOString().slice(0, 10);

const loadAtOneMoment = (): Promise<ReferenceData> =>
	db().transaction((tx) => load(tx), { isolationLevel: 'repeatable read', accessMode: 'read only' });

/** Loads all tables. The driver sends the statements together. */
async function load(on: Reader) {
	const [
		unitRows,
		serviceRows,
		officerRows,
		placeRows,
		shifts,
		absenceRows,
		rules,
		years,
		days,
		routing,
		words,
		templates,
		values,
		surveys,
		surveyResults,
		pages,
		figures,
		retention
	] = await Promise.all([
		on.select().from(units).orderBy(asc(units.code)),
		on.select().from(services).orderBy(asc(services.name)),
		on.select().from(officers).orderBy(asc(officers.name), asc(officers.id)),
		on.select().from(places).orderBy(asc(places.name), asc(places.id)),
		on
			.select()
			.from(rosterShifts)
			.where(or(isNull(rosterShifts.day), gte(rosterShifts.day, yesterdayUtc()))),
		on
			.select()
			.from(absences)
			.where(gte(absences.toDay, yesterdayUtc()))
			.orderBy(asc(absences.fromDay), asc(absences.id)),
		on.select().from(clockRules).orderBy(asc(clockRules.validFrom)),
		on.select().from(calendarYears),
		on.select().from(calendarDays),
		on.select().from(routingRules).orderBy(asc(routingRules.position), asc(routingRules.id)),
		on.select().from(categoryWords),
		on.select().from(answerTemplates).orderBy(asc(answerTemplates.name)),
		on.select().from(settings),
		on.select().from(skmOffices),
		on.select({ unitId: skmPublications.unitId }).from(skmPublications).where(isNull(skmPublications.withdrawnAt)),
		on.select().from(publicPages),
		on
			.select()
			.from(publicFigures)
			.where(gte(publicFigures.quarter, `${Number(yesterdayUtc().slice(0, 4)) - 2}`)),
		on.select().from(retentionRules)
	]);
	const calendar: Calendar = calendarOf(
		years,
		days.map(({ day, kind, name }) => ({ date: day, kind, name }))
	);
	return {
		/** Parents before children, siblings by code. */
		units: inTreeOrder(unitRows),
		unitById: new Map(unitRows.map((unit) => [unit.id, unit])),
		/** By code (`1203`) and by slug (`main-office`). */
		unitByCodeOrSlug: new Map(unitRows.flatMap((unit) => [unit.code, unit.slug].map((name) => [name, unit] as const))),
		services: serviceRows,
		/** By name. */
		officers: officerRows,
		officerById: new Map(officerRows.map((officer) => [officer.id, officer])),
		/** By name, withdrawn ones too. */
		places: placeRows,
		placeById: new Map(placeRows.map((place) => [place.id, place])),
		placeByCode: new Map(placeRows.map((place) => [place.code, place])),
		shifts,
		/** Those that have not ended, by their first day. */
		absences: absenceRows,
		/** Every version of every deadline rule, by the start of its validity. */
		clockRules: rules,
		calendar,
		/** By position. */
		routingRules: routing,
		categoryWords: words,
		templates,
		settings: new Map(values.map(({ key, value }) => [key, value])),
		surveys: new Map(surveys.map((survey) => [survey.unitId, survey])),
		/** Units with published results of a survey. */
		surveyResults: new Set(surveyResults.map(({ unitId }) => unitId)),
		publicPages: new Map(pages.map((page) => [page.unitId, page])),
		/** By unit and quarter (`2026-Q3`), of this year and the two before it. */
		publicFigures: new Map(figures.map((one) => [`${one.unitId} ${one.quarter}`, one.figures])),
		retentionRules: retention
	};
}

function inTreeOrder(all: readonly Unit[]): UnitInTree[] {
	const below = (parentId: string | null, depth: number): UnitInTree[] =>
		all
			.filter((unit) => unit.parentId === parentId)
			.flatMap((unit) => [{ ...unit, depth }, ...below(unit.id, depth + 1)]);
	return below(null, 0);
}
