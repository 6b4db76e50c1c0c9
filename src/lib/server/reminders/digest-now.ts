import { asc, eq, inArray, sql } from 'drizzle-orm';
import { mailServer, queueMail } from '#lib/server/channels/mail-queue.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/first-zone.ts';
import { composeDigest } from './digest.ts';

export interface DigestPreview {
	/** What a letter would say now; null if there is nothing to tell. */
	letter: { subject: string; body: string } | null;
	/** The reader's own address, where one is entered. */
	address: string | null;
	/** Whether the installation sends mail at all. */
	mails: boolean;
	/** Whether the reader gets the morning's letter: supervisors do. */
	morning: boolean;
}

/** The digest as it stands now, for somebody who doesn't want to wait for the morning. */
export async function previewDigest(actor: Actor): Promise<DigestPreview> {
	const letter = await composeDigest(actor, await zoneOf(actor));
	return {
		letter: letter ?? null,
		address: await addressOf(actor),
		mails: mailServer() !== undefined,
		morning: actor.units.supervisor.length > 0
	};
}

export type SentNow = 'sent' | 'nothing' | 'no_address' | 'no_mail';

/** Sends the digest to the actor's own address, at most once a minute. It takes nothing away from the morning's letter. */
export async function sendDigestNow(actor: Actor): Promise<SentNow> {
	const { letter, address, mails } = await previewDigest(actor);
	const { accountId } = actor;
	if (!mails) return 'no_mail';
	if (!letter) return 'nothing';
	if (!accountId || !address) return 'no_address';
	const minute = now().toISOString().slice(0, 16);
	const mail = { kind: 'digest' as const, onceKey: `now ${minute}`, to: { accountId, address }, ...letter };
	await transaction((tx) => queueMail(tx, mail));
	return 'sent';
}

async function addressOf({ accountId }: Actor): Promise<string | null> {
	if (!accountId) return null;
	const [account] = await db().select({ email: accounts.email }).from(accounts).where(eq(accounts.id, accountId));
	return account?.email ?? null;
}

/** The zone of the highest office the person works for. */
async function zoneOf({ units: held }: Actor): Promise<string> {
	const ids = [...held.supervisor, ...held.handler];
	if (ids.length === 0) return firstZone();
	const [unit] = await db()
		.select({ zone: units.timeZone })
		.from(units)
		.where(inArray(units.id, ids))
		.orderBy(asc(sql`length(${units.path})`), asc(units.code))
		.limit(1);
	return unit?.zone ?? firstZone();
}
