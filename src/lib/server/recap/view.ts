import { and, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { recapNumber } from '#lib/text/reference.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import type { RecapFigures, RecapScope, ShownFigures, ShownList } from '#lib/recap/figures.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { worksIn } from '#lib/server/ratings/access.ts';
import { recapDueOn } from './due.ts';
import { figuresBeside, recapFigures } from './figures.ts';
import { versionsOf, type FiledRecap } from './filings.ts';
import { reportingUnit, unitsOf } from './scope.ts';

export interface RecapQuery {
	/** Code or slug. */
	unit: string;
	scope: RecapScope;
	/** `2026-07` or `2026-Q3`. */
	period: string;
	/** A version that was filed; `now`: as it would be filed now. Default: the latest, else as it would be. */
	version?: number | 'now' | undefined;
}

/** A periodic report as one reader has it. */
export type RecapView = Awaited<ReturnType<typeof recapView>>;

/**
 * The report of a unit and period: a version as it was filed, or what it would say now. `before` holds the version
 * before, or for the figures of now the last filing.
 * @throws NotFound and NotAllowed as `reportingUnit`; NotFound where there is no such period or version
 */
export async function recapView(actor: Actor, query: RecapQuery) {
	const unit = await reportingUnit(actor, query.unit);
	const period = recapPeriod(query.period);
	const today = localDate(now(), unit.timeZone);
	if (!period || period.from > today) throw new NotFound(query.period);
	const filed = await versionsOf(db(), { unitId: unit.id, scope: query.scope, period: query.period });
	const chosen = chosenOf(filed, query.version);
	const counted = await unitsOf(unit, query.scope);
	const current =
		chosen?.figures ??
		(await recapFigures(db(), unit, query.scope, period, await figuresBeside(unit, query.scope, period)));
	const former = chosen ? filed.find(({ version }) => version === chosen.version - 1) : filed[0];
	const ids = counted.map(({ id }) => id);
	const shown = (figures: RecapFigures) => shownTo(actor, figures, ids);
	const filing = ({ version, year, number, filedAt, signer, reason }: FiledRecap) => ({
		version,
		number: recapNumber({ number, unit: unit.code, year }),
		filedAt,
		signer,
		reason
	});
	const { code, slug, name, address, phone, email, timeZone } = unit;
	return {
		unit: { code, slug, name, address, phone, email, timeZone },
		scope: query.scope,
		key: query.period,
		period,
		today,
		/** The period's last day has passed: only then it can be filed. */
		over: period.to < today,
		dueOn: (await recapDueOn([query.period])).get(query.period) ?? period.to,
		filings: filed.map(filing),
		/** Null: as it would be filed now. */
		filing: chosen ? filing(chosen) : null,
		figures: await shown(current),
		before: former ? { filing: filing(former), figures: await shown(former.figures) } : null
	};
}

function chosenOf(filed: readonly FiledRecap[], version: RecapQuery['version']): FiledRecap | undefined {
	if (version === 'now') return undefined;
	if (version === undefined) return filed[0];
	const found = filed.find((one) => one.version === version);
	if (!found) throw new NotFound(`version ${version}`);
	return found;
}

/** Figures, also frozen ones, as the actor may see them today. */
async function shownTo(actor: Actor, figures: RecapFigures, unitIds: readonly string[]): Promise<ShownFigures> {
	const { late, lapor, suggestions, ratings, ...numbers } = figures;
	const lists = [...late, ...lapor.forwards, ...lapor.inbound, ...suggestions];
	const visible = await visibleAmong(actor, [...new Set(lists.map(({ caseId }) => caseId))]);
	const split = <Item extends { caseId: number }>(items: readonly Item[]): ShownList<Item> => {
		const shown = items.filter(({ caseId }) => visible.has(caseId));
		return { shown, hidden: items.length - shown.length };
	};
	return {
		...numbers,
		late: split(late),
		lapor: { ...lapor, forwards: split(lapor.forwards), inbound: split(lapor.inbound) },
		suggestions: split(suggestions),
		// Together with their own figures, these would reveal single ratings to an officer of the offices.
		ratings: (await worksIn(actor, unitIds)) ? null : ratings
	};
}

async function visibleAmong(actor: Actor, ids: readonly number[]): Promise<Set<number>> {
	// One parameter, however many ids there are.
	const among = sql`${cases.id} in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
	const rows = await db()
		.select({ id: cases.id })
		.from(cases)
		.where(and(among, visibleTo(actor)));
	return new Set(rows.map(({ id }) => id));
}
