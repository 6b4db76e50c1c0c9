import { localDate } from '#lib/calendar/days.ts';
import { recapNumber } from '#lib/text/reference.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import type { RecapFigures, RecapScope } from '#lib/recap/figures.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import type { Signer } from '#lib/server/db/schema/answers.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recapDueOn } from './due.ts';
import { figuresBeside, recapFigures, unitsOf } from './figures.ts';
import { versionsOf, type FiledRecap } from './file.ts';
import { reportingUnit } from './reporting-unit.ts';
import { shownTo } from './shown.ts';

/** A version that was filed, without its figures. */
export interface Filing {
	version: number;
	number: string;
	filedAt: Date;
	signer: Signer;
	reason: string | null;
}

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
 * The report of a unit and period: a version as it was filed, or what it would say now. Beside a version that was
 * corrected, or figures that have moved since the last filing, `before` holds what was said.
 *
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
	const filing = ({ version, year, number, filedAt, signer, reason }: FiledRecap): Filing => ({
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
