import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

const KEY = 'backup';
const CODE = 'backup_number';
const number = (from: number, to: number) => z.coerce.number({ error: CODE }).int(CODE).min(from, CODE).max(to, CODE);

const rulesSchema = z.object({
	/** Whether one is made each day, and from which hour on, in the zone of the first unit. */
	daily_on: z.enum(['on', 'off']).default('off'),
	hour: number(0, 23),
	daily: number(1, 90),
	weekly: number(0, 52),
	monthly: number(0, 60)
});
export type BackupRules = z.output<typeof rulesSchema>;

const DEFAULTS: BackupRules = { daily_on: 'on', hour: 1, daily: 7, weekly: 4, monthly: 6 };

/** When a backup is made by itself, and how many are kept. */
export async function backupRules(): Promise<BackupRules> {
	const [row] = await db().select().from(settings).where(eq(settings.key, KEY));
	return { ...DEFAULTS, ...(row?.value as Partial<BackupRules> | undefined) };
}

/** @throws NotAllowed · Invalid */
export async function changeBackupRules(actor: Actor, raw: unknown): Promise<void> {
	await requireRootAdmin(db(), actor);
	const after = checked(rulesSchema, raw);
	const before = await backupRules();
	await transaction(async (tx) => {
		await tx
			.insert(settings)
			.values({ key: KEY, value: after })
			.onConflictDoUpdate({ target: settings.key, set: { value: after } });
		await recordChange(tx, actor, { action: 'backup.rules_changed', subject: 'SPATULA', before, after });
	});
}
