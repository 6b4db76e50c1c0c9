import { settingOf } from '#lib/server/reference/reference.ts';

/** The setting that says from which backup the database was restored, and whether an administrator has released the hold. */
export const RESTORED = 'restored';

export interface Restored {
	/** When the backup was made. What happened later is unknown. */
	from: string;
	/** When the backup was restored. */
	at: string;
	releasedAt: string | null;
}

/**
 * Whether all sending waits for an administrator. After a restore, the database does not contain what was sent after the
 * backup, so its waiting e-mails and forwards may already have been sent.
 */
export async function outgoingHeld(): Promise<boolean> {
	const restored = (await settingOf(RESTORED)) as Restored | undefined;
	return restored !== undefined && !restored.releasedAt;
}
