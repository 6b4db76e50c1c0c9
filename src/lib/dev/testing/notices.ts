import { asc, eq, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { menuCounts } from '#lib/server/channels/menu-counts.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notifyOfEvents } from '#lib/server/staff-notices/notify-of-events.ts';
import { entriesOf } from './office.ts';

/** Kinds of the notices to a person, in order, with the name of the deadline if there is one. */
export async function noticesTo(actor: Actor): Promise<string[]> {
	const rows = await db()
		.select()
		.from(notices)
		.where(eq(notices.accountId, actor.accountId ?? ''))
		.orderBy(asc(notices.at), asc(notices.kind), sql`${notices.data} ->> 'clock'`);
	return rows.map(({ kind, data }) => (typeof data.clock === 'string' ? `${kind} ${data.clock}` : kind));
}

/** The number of unread notices that the person's menu shows. */
export const countUnread = async (actor: Actor): Promise<number> => (await menuCounts(actor)).unread;

/** Kinds of the notices to several people. */
export const noticesToEach = (...people: Actor[]): Promise<string[][]> => Promise.all(people.map(noticesTo));

/** Gives a person an e-mail address. */
export async function giveEmailAddress(actor: Actor): Promise<string> {
	const email = `${actor.accountId}@contoh.invalid`;
	await db()
		.update(accounts)
		.set({ email })
		.where(eq(accounts.id, actor.accountId ?? ''));
	return email;
}

/** The e-mails to an address, in order. */
export const emailsTo = (address: string) =>
	db().select().from(mails).where(eq(mails.address, address)).orderBy(asc(mails.createdAt));

/** The only e-mail to an address. @throws Error if there is not exactly one */
export async function onlyEmailTo(address: string) {
	const emails = await emailsTo(address);
	if (emails.length !== 1 || !emails[0]) throw new Error(`${emails.length} emails to ${address}`);
	return emails[0];
}

/** Switches an account off, directly in the database. */
export const switchOff = (actor: Actor) =>
	db()
		.update(accounts)
		.set({ active: false })
		.where(eq(accounts.id, actor.accountId ?? ''));

/** Marks a person as absent today (in Makassar), with an optional deputy. */
export async function markAbsent(actor: Actor, deputy?: Actor): Promise<void> {
	const today = localDate(now(), 'Asia/Makassar');
	await db()
		.insert(absences)
		.values({ accountId: actor.accountId ?? '', fromDay: today, toDay: today, deputyId: deputy?.accountId ?? null });
}

/**
 * Runs the notification job for the timeline entries of a case. Without `opening`, not for the first one: whether the
 * handlers are notified of a new case at once depends on the time of day.
 */
export async function notifyOfTimeline(reference: string, { opening = false } = {}): Promise<void> {
	const entries = await entriesOf(reference);
	await notifyOfEvents(opening ? entries : entries.filter(({ type }) => type !== 'opened'));
}
