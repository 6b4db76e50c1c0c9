import { and, eq, sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';

/** The setting that says from which backup the database was restored, and whether somebody has looked at it since. */
export const RESTORED = 'restored';

export interface Restored {
	/** The backup's moment: what happened later is not known here. */
	from: string;
	at: string;
	releasedAt: string | null;
}

/**
 * Whether everything that would leave the site waits for an administrator. It does from a restore on: an older state of the
 * database doesn't know what was sent after it, so letters and forwards that it holds ready may have gone out long ago.
 */
export async function outgoingHeld(): Promise<boolean> {
	const [held] = await db()
		.select({ key: settings.key })
		.from(settings)
		.where(and(eq(settings.key, RESTORED), sql`${settings.value} ->> 'releasedAt' is null`));
	return held !== undefined;
}
