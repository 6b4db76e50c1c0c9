import { eq } from 'drizzle-orm';
import { type Database, type Tx } from './index.ts';
import { settings } from './schema/settings.ts';

/** Stores the value of a setting and replaces the former one. */
export async function storeSetting(on: Database | Tx, key: string, value: unknown): Promise<void> {
	await on.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
}

/** Stores the value of a setting that has none yet. */
export async function storeOnce(on: Database | Tx, key: string, value: unknown): Promise<void> {
	await on.insert(settings).values({ key, value }).onConflictDoNothing();
}

/** The value of a setting, locked until the transaction ends. */
export async function lockSetting(tx: Tx, key: string): Promise<unknown> {
	const [row] = await tx.select({ value: settings.value }).from(settings).where(eq(settings.key, key)).for('update');
	return row?.value;
}

export async function removeSetting(tx: Tx, key: string): Promise<void> {
	await tx.delete(settings).where(eq(settings.key, key));
}
