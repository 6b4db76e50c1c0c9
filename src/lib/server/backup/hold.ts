import { possiblySent } from '#lib/server/channels/after-restore.ts';
import { releaseMails } from '#lib/server/channels/after-restore.ts';
import { and, count, eq, min } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { readSetting, lockSetting, storeSetting } from '#lib/server/db/settings.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { RESTORED, type Restored } from '#lib/server/outgoing-hold.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import type { Loading } from './load.ts';

/**
 * In the commit that loads an archive: nothing leaves until somebody has looked, and a site doesn't start at all before
 * the restore has ended.
 */
export async function holdEverything(into: Loading, { from, at }: { from: string; at: Date }): Promise<void> {
	const restored: Restored = { from, at: at.toISOString(), releasedAt: null };
	const put = `insert into settings (key, value) values ($1, $2::text::jsonb)
		on conflict (key) do update set value = excluded.value`;
	await into.rows(put, [RESTORED, JSON.stringify(restored)]);
	await into.rows(put, ['restoring', 'true']);
}

/** What a restore left to decide; undefined if none did or it was decided. */
export async function heldState() {
	const restored = (await readSetting(RESTORED)) as Restored | undefined;
	if (!restored || restored.releasedAt) return undefined;
	const [waiting] = await db()
		.select({ letters: count(), oldest: min(mails.createdAt) })
		.from(mails)
		.where(possiblySent(new Date(restored.at)));
	const doubtful = (table: typeof escalations | typeof escalationFollowups) =>
		db().$count(table, and(eq(table.state, 'unknown'), eq(table.reasonCode, 'restored')));
	return {
		...restored,
		letters: waiting?.letters ?? 0,
		oldestLetter: waiting?.oldest ?? null,
		/** Nobody knows whether they were sent; each is decided on its own page, or by a look-up. */
		forwards: await doubtful(escalations),
		followups: await doubtful(escalationFollowups)
	};
}

/**
 * An administrator has looked: letters go out again, and forwards that are made from now on. Letters of the restored state
 * are sent or let go as the administrator says, those written since are sent; forwards of an unknown outcome stay as they are.
 *
 * @param letters `send` or `drop`: what becomes of letters that may have gone out already
 * @throws NotAllowed · Conflict if nothing is held · Invalid
 */
export async function releaseHold(actor: Actor, letters: unknown): Promise<void> {
	if (letters !== 'send' && letters !== 'drop') throw new Invalid([{ path: 'letters', code: 'backup_letters_choice' }]);
	await transaction(async (tx) => {
		await requireRootAdmin(tx, actor);
		const restored = (await lockSetting(tx, RESTORED)) as Restored | undefined;
		if (!restored || restored.releasedAt) throw new Conflict('stale');
		await storeSetting(tx, RESTORED, { ...restored, releasedAt: now().toISOString() });
		const decided = await releaseMails(tx, new Date(restored.at), letters);
		await recordChange(tx, actor, {
			action: 'backup.released',
			subject: 'SPATULA',
			after: { from: restored.from, letters, count: decided }
		});
	});
}
