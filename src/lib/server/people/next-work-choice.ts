import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import type { Actor } from './actor.ts';

/** Whether the desk opens the person's next piece of work after an action; otherwise it returns to the list. */
export async function opensNextWork({ accountId }: Actor): Promise<boolean> {
	if (!accountId) return false;
	const [row] = await db().select({ opens: accounts.opensNext }).from(accounts).where(eq(accounts.id, accountId));
	return row?.opens ?? false;
}

/** Stores the person's choice about their own screen. It is not logged, because it concerns nobody else. */
export async function chooseOpensNext({ accountId }: Actor, opens: boolean): Promise<void> {
	if (accountId) await db().update(accounts).set({ opensNext: opens }).where(eq(accounts.id, accountId));
}
