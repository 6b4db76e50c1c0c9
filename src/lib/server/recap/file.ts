import { isDeepStrictEqual } from 'node:util';
import { and, desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import { RECAP_SCOPES, type RecapFigures, type RecapScope } from '#lib/recap/figures.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { recapNumber } from '#lib/text/reference.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import type { Signer } from '#lib/server/db/schema/answers.ts';
import { recapNumbers, recaps } from '#lib/server/db/schema/recap.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { figuresBeside, recapFigures } from './figures.ts';
import { reportingUnit } from './reporting-unit.ts';

export type FiledRecap = typeof recaps.$inferSelect;

/** What is filed: which report, and the version its sender had before them (0: none). */
const filing = z.object({
	scope: z.enum(RECAP_SCOPES).default('own'),
	period: z.string({ error: 'field_invalid' }),
	version: z.coerce.number({ error: 'field_invalid' }).int('field_invalid'),
	reason: z.string().trim().min(1, 'reason_missing').max(500, 'reason_long').optional()
});

/** Every version of a report that was filed, the newest first. */
export async function versionsOf(
	on: Database | Tx,
	about: { unitId: string; scope: RecapScope; period: string }
): Promise<FiledRecap[]> {
	return on
		.select()
		.from(recaps)
		.where(and(eq(recaps.unitId, about.unitId), eq(recaps.scope, about.scope), eq(recaps.period, about.period)))
		.orderBy(desc(recaps.version));
}

/**
 * Files the report of a period that is over: its figures are frozen as they stand, under the next number of the unit and
 * year. A report that was filed before gets a further version, with the reason for it; nothing filed is ever changed.
 *
 * The counter's row is locked until the commit and a filing that fails gives its number back: the numbers have no gaps.
 *
 * @returns the number as it stands on the report
 * @throws NotFound and NotAllowed as `reportingUnit`
 * @throws Conflict `stale` if somebody filed meanwhile, `invalid-move` before the period is over or where nothing changed
 * @throws Invalid on a correction without a reason
 */
export async function fileRecap(actor: Actor, name: string, raw: unknown): Promise<string> {
	const { scope, period: key, version, reason } = checked(filing, raw);
	const unit = await reportingUnit(actor, name);
	const period = recapPeriod(key);
	if (!period) throw new Invalid([{ path: 'period', code: 'field_invalid' }]);
	const today = localDate(now(), unit.timeZone);
	if (period.to >= today) throw new Conflict('invalid-move', { reason: 'recap_running' });
	const beside = await figuresBeside(unit, scope, period);
	return transaction(async (tx) => {
		const year = yearOf(today);
		const number = await nextNumber(tx, unit.id, year);
		const [last] = await versionsOf(tx, { unitId: unit.id, scope, period: key });
		if ((last?.version ?? 0) !== version) throw new Conflict('stale');
		if (last && !reason) throw new Invalid([{ path: 'reason', code: 'reason_missing' }]);
		const figures = await recapFigures(tx, unit, scope, period, beside);
		if (last && same(last.figures, figures)) throw new Conflict('invalid-move', { reason: 'recap_same' });
		await tx.insert(recaps).values({
			unitId: unit.id,
			scope,
			period: key,
			version: version + 1,
			year,
			number,
			figures,
			reason: last ? (reason ?? null) : null,
			filedBy: actor.accountId,
			signer: await signerOf(tx, actor),
			filedAt: now()
		});
		const written = recapNumber({ number, unit: unit.code, year });
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: last ? 'recap.corrected' : 'recap.filed',
			subject: `${key} ${scope}`,
			...(last && reason ? { reason } : {}),
			after: { number: written, version: version + 1 }
		});
		return written;
	});
}

/** As the database gives them back: what it stores as JSON has no undefined. */
const same = (stored: RecapFigures, made: RecapFigures) => isDeepStrictEqual(stored, JSON.parse(JSON.stringify(made)));

async function nextNumber(tx: Tx, unitId: string, year: number): Promise<number> {
	const [counter] = await tx
		.insert(recapNumbers)
		.values({ unitId, year, last: 1 })
		.onConflictDoUpdate({
			target: [recapNumbers.unitId, recapNumbers.year],
			set: { last: sql`${recapNumbers.last} + 1` }
		})
		.returning({ last: recapNumbers.last });
	return counter?.last ?? 1;
}

async function signerOf(tx: Tx, actor: Actor): Promise<Signer> {
	const [officer] = actor.officerId
		? await tx.select({ position: officers.position }).from(officers).where(eq(officers.id, actor.officerId))
		: [];
	return { name: actor.name, position: officer?.position ?? null };
}
