import { randomUUID } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { seal, unseal } from '#lib/server/keys.ts';
import { addressKey, consume, type BudgetName } from '#lib/server/people/limits.ts';
import { clientAddress } from '../http/address.ts';

/** A field that people don't see and leave empty. */
const TRAP_FIELD = 'homepage';
/** When the page was made, sealed. */
const STAMP_FIELD = 'opened';
const STAMP_SECONDS = 60 * 60 * 24 * 7;

/** Milliseconds; a form answered faster was filled in by a machine. */
const LEAST_MS = { case: 3000, rating: 500, survey: 5000 } as const;

/** Hourly budgets per address; ratings have their own (`rating-signs.ts`). */
const ADDRESS_BUDGET = { case: 'submission_address', survey: 'survey_address' } as const satisfies Record<
	string,
	BudgetName
>;

/** Hidden fields of a form: its submission id and the time it was made. */
export async function hiddenFields(): Promise<{ submissionId: string; opened: string }> {
	const opened = await seal({ ms: now().getTime() }, STAMP_FIELD, STAMP_SECONDS);
	return { submissionId: randomUUID(), opened };
}

/**
 * Whether a form was filled in faster than anybody reads it, or its hidden field was filled in. A missing or old stamp proves
 * nothing, because pages stay open for days and other programs may send forms. Always false with LIMITS=off.
 */
export async function looksMachineMade(
	typed: Record<string, string | string[]>,
	what: keyof typeof LEAST_MS
): Promise<boolean> {
	if (!env().LIMITS) return false;
	const stamp = await unseal(String(typed[STAMP_FIELD] ?? ''), STAMP_FIELD);
	const tooFast = typeof stamp?.ms === 'number' && now().getTime() - stamp.ms < LEAST_MS[what];
	return tooFast || (typed[TRAP_FIELD] ?? '') !== '';
}

/**
 * Whether a submission looks machine-made or its address is over its budget. It is then marked for review, never refused.
 */
export async function isDoubtful(
	event: RequestEvent,
	typed: Record<string, string | string[]>,
	what: keyof typeof ADDRESS_BUDGET
): Promise<boolean> {
	const withinBudget = await consume(ADDRESS_BUDGET[what], addressKey(clientAddress(event)));
	return !withinBudget || (await looksMachineMade(typed, what));
}
