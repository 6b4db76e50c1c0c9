import { asc, eq, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notifyOfEvents } from '#lib/server/reminders/events.ts';
import { entriesOf } from './office.ts';

/** Kinds of what a person was told, in order; with the clock's name where one is meant. */
export async function noticesTo(actor: Actor): Promise<string[]> {
	const rows = await db()
		.select()
		.from(notices)
		.where(eq(notices.accountId, actor.accountId ?? ''))
		.orderBy(asc(notices.at), asc(notices.kind), sql`${notices.data} ->> 'clock'`);
	return rows.map(({ kind, data }) => (typeof data.clock === 'string' ? `${kind} ${data.clock}` : kind));
}

/** The same for several people. */
export const noticesToEach = (...people: Actor[]): Promise<string[][]> => Promise.all(people.map(noticesTo));

/** Gives a person an address that letters can reach. */
export async function withAddress(actor: Actor): Promise<string> {
	const email = `${actor.accountId}@contoh.invalid`;
	await db()
		.update(accounts)
		.set({ email })
		.where(eq(accounts.id, actor.accountId ?? ''));
	return email;
}

/** The letters written to an address, in order. */
export const lettersTo = (address: string) =>
	db().select().from(mails).where(eq(mails.address, address)).orderBy(asc(mails.createdAt));

/** The one letter written to an address. */
export async function onlyLetterTo(address: string) {
	const letters = await lettersTo(address);
	if (letters.length !== 1 || !letters[0]) throw new Error(`${letters.length} letters to ${address}`);
	return letters[0];
}

/** Switches somebody's account off, as it is in the database. */
export const switchOff = (actor: Actor) =>
	db()
		.update(accounts)
		.set({ active: false })
		.where(eq(accounts.id, actor.accountId ?? ''));

/** Marks somebody absent for the day it is in Makassar; `deputy` stands in. */
export async function isAway(actor: Actor, deputy?: Actor): Promise<void> {
	const today = localDate(now(), 'Asia/Makassar');
	await db()
		.insert(absences)
		.values({ accountId: actor.accountId ?? '', fromDay: today, toDay: today, deputyId: deputy?.accountId ?? null });
}

/** Does for every timeline entry of a case what its job does. */
export async function notifyOfStory(reference: string): Promise<void> {
	await notifyOfEvents(await entriesOf(reference));
}
