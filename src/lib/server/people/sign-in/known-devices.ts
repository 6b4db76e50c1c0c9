import { eq, sql } from 'drizzle-orm';
import type { Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { randomSecret } from '#lib/server/keys.ts';

/** Content of a browser's encrypted cookie: a random id, and a mark for each account that signed in on this browser. */
export interface Device {
	id: string;
	marks: readonly Mark[];
	[key: string]: unknown;
}

/** An account that signed in, and the account's mark generation at that time. */
type Mark = readonly [accountId: string, generation: number];

export interface MarkedAccount {
	id: string;
	markGeneration: number;
}

/** Maximum number of marks in a cookie, newest first. A shared counter computer has several users. */
const MARKS = 20;

export const newDevice = (): Device => ({ id: randomSecret(12), marks: [] });

/** Whether somebody has signed in to the account on this device since the account's marks were last revoked. */
export const isKnownDevice = ({ marks }: Device, account: MarkedAccount): boolean =>
	marks.some(([id, generation]) => id === account.id && generation === account.markGeneration);

export const markedDevice = ({ id, marks }: Device, account: MarkedAccount): Device => ({
	id,
	marks: [[account.id, account.markGeneration], ...marks.filter(([other]) => other !== account.id).slice(0, MARKS - 1)]
});

/** Revokes the account's marks on all devices, in the caller's transaction. Afterwards none is a known device. */
export async function revokeMarks(tx: Tx, accountId: string): Promise<void> {
	await tx
		.update(accounts)
		.set({ markGeneration: sql`${accounts.markGeneration} + 1` })
		.where(eq(accounts.id, accountId));
}
