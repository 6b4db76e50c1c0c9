import { eq } from 'drizzle-orm';
import { AFTER_ACTION, type AfterAction } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import type { Actor } from './actor.ts';

/** What the desk opens for the person after an action. */
export async function afterActionOf({ accountId }: Actor): Promise<AfterAction> {
	if (!accountId) return 'list';
	const [row] = await db().select({ opens: accounts.afterAction }).from(accounts).where(eq(accounts.id, accountId));
	return row?.opens ?? 'list';
}

/** Stores the person's choice about their own screen. It is not logged, because it concerns nobody else. */
export async function chooseAfterAction({ accountId }: Actor, choice: unknown): Promise<void> {
	const afterAction = AFTER_ACTION.find((one) => one === choice);
	if (accountId && afterAction) await db().update(accounts).set({ afterAction }).where(eq(accounts.id, accountId));
}
