import { and, sql } from 'drizzle-orm';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import { recapNumber } from '#lib/text/reference-numbers.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { flowSum, type RecapFigures, type RecapScope, type ShownFigures, type ShownList } from '#lib/recap/figures.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { worksIn } from '#lib/server/ratings/access.ts';
import { recapDueOn } from './due.ts';
import { readUnitsAndRatings, recapFigures } from './figures.ts';
import { versionsOf, type FiledRecap } from './filings.ts';
import { reportingUnit, unitsOf } from './scope.ts';

export interface RecapQuery {
	/** Code or slug. */
	unit: string;
	scope: RecapScope;
	/** `2026-07` or `2026-Q3`. */
	period: string;
	/**
	 * A filed version; `now`: the report with its present figures. By default the latest filed version, or else the present
	 * figures.
	 */
	version?: number | 'now';
}

/** A periodic report as one reader sees it. */
export type RecapView = Awaited<ReturnType<typeof recapView>>;

/**
 * The report of a unit and period: a filed version, or the present figures. `before` is the version before; for the present
 * figures it is the last filed version.
 * @throws NotFound and NotAllowed as `reportingUnit`; NotFound if there is no such period or version
 */
export async function recapView(actor: Actor, query: RecapQuery) {
	const unit = await reportingUnit(actor, query.unit);
	const period = recapPeriod(query.period);
	const today = localDate(now(), unit.timeZone);
	if (!period || period.from > today) throw new NotFound(query.period);
	const filed = await versionsOf(db(), { unitId: unit.id, scope: query.scope, period: query.period });
	const chosen = chosenOf(filed, query.version);
	const countedUnits = await unitsOf(unit, query.scope);
	const current =
		chosen?.figures ??
		(await recapFigures(db(), unit, query.scope, period, await readUnitsAndRatings(unit, query.scope, period)));
	const previous = chosen ? filed.find(({ version }) => version === chosen.version - 1) : filed[0];
	const ids = countedUnits.map(({ id }) => id);
	const shown = (figures: RecapFigures) => shownTo(actor, figures, ids, today);
	const filing = ({ version, year, number, filedAt, signer, reason }: FiledRecap) => ({
		version,
		number: recapNumber({ number, unit: unit.code, year }),
		filedAt,
		signer,
		reason
	});
	const { code, slug, name, address, phone, email, timeZone, path } = unit;
	return {
		unit: { code, slug, name, address, phone, email, timeZone, path },
		scope: query.scope,
		key: query.period,
		period,
		today,
		/** The period's last day has passed, so the report can be filed. */
		over: period.to < today,
		dueOn: (await recapDueOn([query.period])).get(query.period) ?? period.to,
		filings: filed.map(filing),
		/** Null for the present figures. */
		filing: chosen ? filing(chosen) : null,
		figures: await shown(current),
		before: previous ? { filing: filing(previous), figures: await shown(previous.figures) } : null
	};
}

function chosenOf(filed: readonly FiledRecap[], version: RecapQuery['version']): FiledRecap | undefined {
	if (version === 'now') return undefined;
	if (version === undefined) return filed[0];
	const match = filed.find((one) => one.version === version);
	if (!match) throw new NotFound(`version ${version}`);
	return match;
}

/** The figures, also filed ones, with the parts that the actor may see today. */
async function shownTo(
	actor: Actor,
	figures: RecapFigures,
	unitIds: readonly string[],
	today: LocalDate
): Promise<ShownFigures> {
	const { late, lapor, suggestions, ratings, flow, received, oversight, channels, ...numbers } = figures;
	const { forwards, inbound, ...counts } = lapor;
	// Every officer, because a report can also name officers of an office above or of the office that it came from. And
	// always: otherwise the missing figures would tell that a report names the reader.
	const totalsOnly = actor.officerId !== null;
	const total = received.reduce((sum, { n }) => sum + n, 0);
	const lists = [...late, ...forwards, ...inbound, ...suggestions];
	const visible = await visibleAmong(actor, [...new Set(lists.map(({ caseId }) => caseId))]);
	const split = <Item extends { caseId: number }>(items: readonly Item[]): ShownList<Item> => {
		const shown = items.filter(({ caseId }) => visible.has(caseId));
		return { shown, hidden: totalsOnly ? null : items.length - shown.length };
	};
	return {
		...numbers,
		totalsOnly,
		flow: totalsOnly && flow.length > 0 ? [{ kind: null, channel: null, ...flowSum(flow) }] : flow,
		received:
			totalsOnly && received.length > 0 ? [{ category: null, service: null, sealed: true, n: total }] : received,
		oversight: totalsOnly ? null : oversight,
		channels: totalsOnly ? null : channels,
		late: split(late),
		lapor: { counts: totalsOnly ? null : counts, forwards: split(forwards), inbound: split(inbound) },
		suggestions: split(suggestions),
		ratings: (await ratingsWithheld(actor, unitIds, figures.period.to >= today)) ?? ratings
	};
}

/**
 * Why the actor may not see the figures about ratings. An officer of these offices could combine them with own figures and
 * find single ratings. While the period runs, two readings would show the rating that was given in between.
 */
async function ratingsWithheld(actor: Actor, unitIds: readonly string[], running: boolean) {
	if (await worksIn(actor, unitIds)) return 'own';
	return running ? 'running' : undefined;
}

async function visibleAmong(actor: Actor, ids: readonly number[]): Promise<Set<number>> {
	// One parameter for any number of ids.
	const among = sql`${cases.id} in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
	const rows = await db()
		.select({ id: cases.id })
		.from(cases)
		.where(and(among, visibleTo(actor)));
	return new Set(rows.map(({ id }) => id));
}
