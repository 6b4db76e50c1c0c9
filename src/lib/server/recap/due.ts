import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { grainOf, type PeriodKey } from '#lib/ratings/period-key.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/differing.ts';

/** Where the administrators' choice stands. */
const RECAP_DUE_SETTING = 'recap_due';

/** Working days after a period's end. No rule of the nation names them: they are the province's own to choose. */
const days = z.coerce
	.number({ error: 'field_invalid' })
	.int('field_invalid')
	.min(1, 'field_invalid')
	.max(60, 'field_invalid');
const stored = z.object({ month: days.default(5), quarter: days.default(10) });
export type RecapDueDays = z.output<typeof stored>;

export async function recapDueDays(): Promise<RecapDueDays> {
	const [row] = await db().select().from(settings).where(eq(settings.key, RECAP_DUE_SETTING));
	return stored.parse(row?.value ?? {});
}

/** The day by which the report of each of these periods is to be filed. */
export async function recapDueOn(keys: readonly PeriodKey[]): Promise<Map<PeriodKey, LocalDate>> {
	const chosen = await recapDueDays();
	const calendar = await loadCalendar(db());
	return new Map(
		keys.map((key) => {
			const after = grainOf(key) === 'quarter' ? chosen.quarter : chosen.month;
			return [key, addWorkingDays(recapPeriod(key)?.to ?? key, after, calendar)];
		})
	);
}

/**
 * Changes after how many working days reports are due, for every office.
 *
 * @throws NotAllowed unless the actor administers a root unit
 */
export async function changeRecapDue(actor: Actor, raw: unknown): Promise<void> {
	const value = checked(z.object({ month: days, quarter: days }), raw);
	const before = await recapDueDays();
	await transaction(async (tx) => {
		await requireRootAdmin(tx, actor);
		await tx
			.insert(settings)
			.values({ key: RECAP_DUE_SETTING, value })
			.onConflictDoUpdate({ target: settings.key, set: { value } });
		await recordDifference(
			tx,
			actor,
			{ action: 'recap.due_changed', subject: RECAP_DUE_SETTING },
			{ ...before },
			value
		);
	});
}
