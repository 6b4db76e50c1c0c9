import { countPossiblySent, releaseOutboxes } from '#lib/server/channels/after-restore.ts';
import { and, eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { lockSetting, storeSetting } from '#lib/server/db/settings.ts';
import { settingOf } from '#lib/server/reference/reference.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import { RESTORED, type Restored } from '#lib/server/outgoing-hold.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

/** The hold of the last restore, with what an administrator decides about; undefined if nothing is held. */
export async function outgoingHoldState() {
	const restored = (await settingOf(RESTORED)) as Restored | undefined;
	if (!restored || restored.releasedAt) return undefined;
	const { count, oldest } = await countPossiblySent(new Date(restored.at));
	const countUnknown = (table: typeof escalations | typeof escalationFollowups) =>
		db().$count(table, and(eq(table.state, 'unknown'), eq(table.reasonCode, 'restored')));
	return {
		...restored,
		/** E-mails, and messages of WhatsApp and SMS. */
		mails: count,
		oldestMail: oldest,
		/** Forwards and follow-ups that may have been sent. Each is decided on its own page, or by a look-up at LAPOR. */
		forwards: await countUnknown(escalations),
		followups: await countUnknown(escalationFollowups)
	};
}

/**
 * Releases the hold after a restore: from now on the site sends e-mails and new forwards again. E-mails that may
 * already have been sent are sent or dropped, as the administrator chose. All other waiting e-mails are sent. Forwards
 * with an unknown outcome stay unknown.
 *
 * @param mailChoice `send` or `drop`: what to do with e-mails that may already have been sent
 * @throws NotAllowed · Conflict if nothing is held · Invalid
 */
export async function releaseOutgoing(actor: Actor, mailChoice: unknown): Promise<void> {
	if (mailChoice !== 'send' && mailChoice !== 'drop') throw invalid('mails', 'backup_mails_choice');
	await transaction(async (tx) => {
		await requireRootAdmin(actor);
		const restored = (await lockSetting(tx, RESTORED)) as Restored | undefined;
		if (!restored || restored.releasedAt) throw new Conflict('stale');
		await storeSetting(tx, RESTORED, { ...restored, releasedAt: now().toISOString() });
		const decidedCount = await releaseOutboxes(tx, new Date(restored.at), mailChoice);
		await recordChange(tx, actor, {
			action: 'backup.released',
			subject: 'SPATULA',
			after: { from: restored.from, mails: mailChoice, count: decidedCount }
		});
	});
}
