import { z } from 'zod';
import { PRIVACY_LAW_HOURS, type ClockRule, type LimitRule } from '#lib/calendar/clock-rules.ts';
import { loadAllRules } from './load.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { clockRules } from '#lib/server/db/schema/clocks.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';

const ruleSchema = z.object({
	days: z.coerce.number({ error: 'admin_days' }).int('admin_days').min(1, 'admin_days').max(365, 'admin_days'),
	dayUnit: z.enum(['working', 'calendar', 'hours'], { error: 'admin_day_unit' }),
	basis: z.string({ error: 'admin_basis' }).trim().min(3, 'admin_basis').max(160, 'admin_basis')
});

const RULE_FIELDS = Object.keys(ruleSchema.shape);

/** Key that identifies a rule, usable in an address: `solution.any.plain.any`. */
function ruleKey(rule: Pick<ClockRule | LimitRule, 'name' | 'kind' | 'class' | 'state'>): string {
	return [rule.name, rule.kind, rule.class, rule.state].map((part) => part ?? 'any').join('.');
}

/** The rules that apply now, in the order of their first versions. */
export async function rulesNow() {
	return (await loadAllRules(now())).map((rule) => ({ ...rule, key: ruleKey(rule) }));
}

/** Returns one rule as it applies now, and what its form is loaded with (see `requireSeen`). @throws NotFound */
export async function ruleNow(key: string) {
	const rule = (await rulesNow()).find((one) => one.key === key);
	if (!rule) throw new NotFound(`rule ${key}`);
	return { ...rule, seen: seenValues(rule, RULE_FIELDS) };
}

/**
 * Changes the length or basis of a deadline for cases opened from now on. Open cases keep their deadlines.
 * @throws NotAllowed · NotFound for an unknown rule · Conflict `stale`
 */
export async function changeRule(actor: Actor, key: string, raw: unknown): Promise<void> {
	const change = checked(ruleSchema, raw);
	await transaction(async (tx) => {
		await requireRootAdmin(actor);
		const rule = (await loadAllRules(now())).find((rule) => ruleKey(rule) === key);
		if (!rule) throw new NotFound(`rule ${key}`);
		// Only the clocks of the personal data law count hours.
		if ((rule.dayUnit === 'hours') !== (change.dayUnit === 'hours')) throw invalid('dayUnit', 'admin_day_unit');
		if (change.dayUnit === 'hours' && change.days > PRIVACY_LAW_HOURS) throw invalid('days', 'admin_hours');
		requireSeen(raw, rule, change, RULE_FIELDS);
		const { since: _, ...before } = rule;
		const keys = await recordDifference(tx, actor, { action: 'rule.changed', subject: key }, before, change);
		if (keys.length > 0) await tx.insert(clockRules).values({ ...before, ...change, validFrom: now() });
	});
}
