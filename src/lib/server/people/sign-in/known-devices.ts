import { eq, sql } from 'drizzle-orm';
import type { Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { randomSecret } from '#lib/server/keys.ts';

/** What a browser keeps, sealed: a random id, and a mark for each account that somebody signed in to there. */
export interface Device {
	id: string;
	marks: readonly Mark[];
	[key: string]: unknown;
}

/** The account and its generation of marks at that time. */
type Mark = readonly [accountId: string, generation: number];

interface MarkedAccount {
	id: string;
	markGeneration: number;
}

/** Marks in one cookie, the newest first: a shared computer at the counter has several users. */
const MARKS = 20;

export const newDevice = (): Device => ({ id: randomSecret(12), marks: [] });

/** Whether somebody has signed in to the account on this device since its marks were last revoked. */
export const isKnownDevice = ({ marks }: Device, account: MarkedAccount): boolean =>
	marks.some(([id, generation]) => id === account.id && generation === account.markGeneration);

/** The device with a mark for the account. */
export const markedDevice = ({ id, marks }: Device, account: MarkedAccount): Device => ({
	id,
	marks: [[account.id, account.markGeneration], ...marks.filter(([other]) => other !== account.id).slice(0, MARKS - 1)]
});

/** Makes every device of the account a stranger again, in the caller's transaction. */
export async function revokeMarks(tx: Tx, accountId: string): Promise<void> {
	await tx
		.update(accounts)
		.set({ markGeneration: sql`${accounts.markGeneration} + 1` })
		.where(eq(accounts.id, accountId));
}
