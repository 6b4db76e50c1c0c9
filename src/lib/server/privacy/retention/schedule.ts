import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { CASE_PARTS, RETENTION_PARTS, SUGGESTED_RULES, type CasePeriod } from '#lib/privacy/retention.ts';
import { CASE_KINDS, type CaseKind } from '#lib/cases/vocabulary.ts';
import { seenVersion } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Database } from '#lib/server/db/index.ts';
import { retentionRules } from '#lib/server/db/schema/retention.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/** Stores the suggested rule of every part that has none yet. */
export async function ensureSchedule(database: Database): Promise<void> {
	await database
		.insert(retentionRules)
		.values([...SUGGESTED_RULES])
		.onConflictDoNothing();
}

/** The retention schedule, in the order of the parts. */
export async function retentionSchedule() {
	const { retentionRules: rules } = await referenceData();
	const placeOf = ({ part }: (typeof rules)[number]) => RETENTION_PARTS.indexOf(part);
	return rules.toSorted((a, b) => placeOf(a) - placeOf(b) || a.kind.localeCompare(b.kind, 'en'));
}

/**
 * How long the parts of a report are kept after it is closed, for its reporter. A rule that is not confirmed or has no
 * code sets no period, because by it nothing is destroyed.
 * @param kinds of the reports
 */
export async function casePeriods(kinds: readonly CaseKind[] = CASE_KINDS) {
	const { units, retentionRules: schedule } = await referenceData();
	const parts = CASE_PARTS.map((part): CasePeriod => {
		const set = schedule.filter((rule) => rule.part === part && !rule.suggested && rule.jraCode !== null);
		const months = set.filter(({ kind }) => kinds.some((one) => one === kind)).map((rule) => rule.months);
		return {
			part,
			months: months.length > 0 ? { from: Math.min(...months), to: Math.max(...months) } : null,
			unset: kinds.filter((kind) => !set.some((rule) => rule.kind === kind))
		};
	});
	return { parts, setBy: units[0]?.name ?? '' };
}

/** A rule by its key `part.kind`. @throws NotFound */
export async function retentionRule(key: string) {
	const rule = (await retentionSchedule()).find(({ part, kind }) => `${part}.${kind}` === key);
	if (!rule) throw new NotFound(key);
	return rule;
}

const ruleInput = z.object({
	months: z.coerce
		.number({ error: 'retention_months' })
		.int('retention_months')
		.min(1, 'retention_months')
		.max(1200, 'retention_months'),
	basis: z.string({ error: 'admin_basis' }).trim().min(3, 'admin_basis').max(160, 'admin_basis'),
	jraCode: z.string().trim().max(40, 'retention_code').default(''),
	version: seenVersion
});

/**
 * Changes and confirms a rule. A proposal that was collected before keeps the rule of then.
 * @throws NotAllowed unless the actor administers a root unit · Conflict `stale`
 */
export async function confirmRule(actor: Actor, key: string, raw: unknown): Promise<void> {
	const { version, jraCode, ...input } = checked(ruleInput, raw);
	const before = await retentionRule(key);
	const after = { ...input, jraCode: jraCode || null, suggested: false };
	await transaction(async (tx) => {
		await requireRootAdmin(actor);
		const { part, kind } = retentionRules;
		const changed = await tx
			.update(retentionRules)
			.set({ ...after, version: version + 1 })
			.where(and(eq(part, before.part), eq(kind, before.kind), eq(retentionRules.version, version)))
			.returning({ part });
		if (changed.length === 0) throw new Conflict('stale');
		await recordDifference(tx, actor, { action: 'retention.rule_confirmed', subject: key }, { ...before }, after);
	});
}
