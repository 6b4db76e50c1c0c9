import { eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import type { JobName } from './queue.ts';

/** The minute job whose completion shows that jobs run, in any process. */
export const HEARTBEAT: JobName = 'mail-sweep';

const KEY = 'jobs:heartbeat';

export async function noteHeartbeat(): Promise<void> {
	const value = now().toISOString();
	await db().insert(settings).values({ key: KEY, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
}

/** When jobs last ran; null: never. */
export async function lastHeartbeat(): Promise<Date | null> {
	const [row] = await db().select().from(settings).where(eq(settings.key, KEY));
	return typeof row?.value === 'string' ? new Date(row.value) : null;
}
