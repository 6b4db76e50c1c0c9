import { randomUUID } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { now } from '../clock.ts';
import { env } from '../env.ts';
import { seal, unseal } from '../keys.ts';
import { addressKey, consume, type BudgetName } from '../people/limits.ts';
import { clientAddress } from './address.ts';

/** A field that people don't see and leave empty. */
const TRAP_FIELD = 'homepage';
/** When the page was made, sealed. */
const STAMP_FIELD = 'opened';
const STAMP_SECONDS = 60 * 60 * 24 * 7;

/** Nobody reads and answers a form faster than this, in milliseconds. */
const LEAST_MS = { case: 3000, rating: 500, survey: 5000 } as const;

/** What an address may send in an hour of each; ratings have budgets of their own (`rating-signs.ts`). */
const ADDRESS_BUDGET = { case: 'submission_address', survey: 'survey_address' } as const satisfies Record<
	string,
	BudgetName
>;

/** What a form of the site carries unseen: its own submission id and when it was made. */
export async function hiddenFields(): Promise<{ submissionId: string; opened: string }> {
	const opened = await seal({ ms: now().getTime() }, STAMP_FIELD, STAMP_SECONDS);
	return { submissionId: randomUUID(), opened };
}

/**
 * Whether a form was filled in faster than anybody reads it, or where people see no field. A missing or outdated stamp
 * proves nothing: pages stay open for days, and other forms than the site's may be sent in. With LIMITS=off never.
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
 * Whether a submission looks like a machine's or comes from an address that has sent very much lately. It is then kept
 * for a person to look at, never refused.
 */
export async function isDoubtful(
	event: RequestEvent,
	typed: Record<string, string | string[]>,
	what: keyof typeof ADDRESS_BUDGET
): Promise<boolean> {
	const withinBudget = await consume(ADDRESS_BUDGET[what], addressKey(clientAddress(event)));
	return !withinBudget || (await looksMachineMade(typed, what));
}
