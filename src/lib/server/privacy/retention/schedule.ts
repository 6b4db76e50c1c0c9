import type { Database } from '#lib/server/db/index.ts';
import { retentionRules } from '#lib/server/db/schema/retention.ts';
import { SUGGESTED_RULES } from '#lib/privacy/retention.ts';

/** Stores the suggested rule of every part that has none yet. */
export async function ensureSchedule(database: Database): Promise<void> {
	await database
		.insert(retentionRules)
		.values([...SUGGESTED_RULES])
		.onConflictDoNothing();
}
