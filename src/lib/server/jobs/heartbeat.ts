import { eq } from 'drizzle-orm';
import { now } from '../clock.ts';
import { db } from '../db/index.ts';
import { settings } from '../db/schema/settings.ts';
import type { JobName } from './queue.ts';

/** The job of each minute whose end says that jobs are being done, in whichever process. */
export const HEARTBEAT: JobName = 'mail-sweep';

const KEY = 'jobs:heartbeat';

export async function noteHeartbeat(): Promise<void> {
	const value = now().toISOString();
	await db().insert(settings).values({ key: KEY, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
}

/** When jobs were last being done; null: never yet. */
export async function lastHeartbeat(): Promise<Date | null> {
	const [row] = await db().select().from(settings).where(eq(settings.key, KEY));
	return typeof row?.value === 'string' ? new Date(row.value) : null;
}
