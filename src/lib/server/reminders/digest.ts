import { and, asc, eq, gte, isNotNull, lte, notExists, sql } from 'drizzle-orm';
import { instantAt, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { isWorkingDay } from '#lib/calendar/working-calendar.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { missingDecrees } from '#lib/server/calendar/missing.ts';
import { turnedOff } from '#lib/server/channels/mail-choices.ts';
import { mailServer, queueMail, type NewMail } from '#lib/server/channels/mail-queue.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { absences, roles } from '#lib/server/db/schema/people.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { digestFacts } from '#lib/server/escalation/digest.ts';
import { log } from '#lib/server/log.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { dueFacts } from './digest-cases.ts';
import { digestLetter } from './digest-letter.ts';

/** When the day's letter is written, on the wall of the office. */
const MORNING = '08:00';

interface Office {
	id: string;
	zone: string;
}

interface Person {
	id: string;
	email: string | null;
}

/**
 * Writes the morning's letters of every office where it is eight o'clock or later on a working day and today's are not
 * written yet: after a downtime late on the same day, never twice, never for a day that is over. Offices whose letters
 * fail are tried again by the next call and hold nobody else up.
 */
export async function writeDigests(): Promise<void> {
	if (!mailServer()) return;
	const calendar = await loadCalendar(db());
	for (const office of await supervisedOffices()) {
		const day = localDate(now(), office.zone);
		if (!isWorkingDay(day, calendar) || now() < instantAt(day, MORNING, office.zone)) continue;
		await writeFor(office, day).catch((error: unknown) => log().error({ office: office.id, error }, 'digest failed'));
	}
}

const written = (office: Office) => `digest:${office.id}`;

/** A supervisor whom a letter can reach; the join of roles and accounts is the caller's. */
const reachable = and(eq(roles.role, 'supervisor'), eq(accounts.active, true), isNotNull(accounts.email));

const supervisedOffices = (): Promise<Office[]> =>
	db()
		.selectDistinct({ id: units.id, zone: units.timeZone })
		.from(units)
		.innerJoin(roles, eq(roles.unitId, units.id))
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(and(eq(units.active, true), reachable));

async function writeFor(office: Office, day: LocalDate): Promise<void> {
	const [known] = await db()
		.select()
		.from(settings)
		.where(eq(settings.key, written(office)));
	if (known?.value === day) return;
	const letters: NewMail[] = [];
	const people = await presentSupervisors(office, day);
	const unwanted = await turnedOff(
		db(),
		people.map(({ id }) => id),
		'digest'
	);
	for (const person of people) {
		if (unwanted.has(person.id)) continue;
		const letter = await letterFor(person, office.zone, day);
		if (letter) letters.push(letter);
	}
	await transaction(async (tx) => {
		if (!(await takeDay(tx, office, day))) return;
		for (const letter of letters) await queueMail(tx, letter);
	});
}

/** Of two workers that come at once the second waits for the first, and finds the day taken. */
async function takeDay(tx: Tx, office: Office, day: LocalDate): Promise<boolean> {
	const [taken] = await tx
		.insert(settings)
		.values({ key: written(office), value: day })
		.onConflictDoUpdate({
			target: settings.key,
			set: { value: day },
			setWhere: sql`${settings.value} <> ${JSON.stringify(day)}::jsonb`
		})
		.returning({ key: settings.key });
	return taken !== undefined;
}

/** Supervisors of the office itself, not marked absent that day. Those above it have an office of their own. */
async function presentSupervisors(office: Office, day: LocalDate): Promise<Person[]> {
	const away = db()
		.select({ id: absences.id })
		.from(absences)
		.where(and(eq(absences.accountId, accounts.id), lte(absences.fromDay, day), gte(absences.toDay, day)));
	return db()
		.select({ id: accounts.id, email: accounts.email })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(and(eq(roles.unitId, office.id), reachable, notExists(away)))
		.orderBy(asc(accounts.username));
}

async function letterFor(person: Person, zone: string, day: LocalDate): Promise<NewMail | undefined> {
	const actor = person.email ? await actorOf(person.id) : undefined;
	const letter = actor && (await composeDigest(actor, zone));
	if (!letter || !person.email) return undefined;
	return { kind: 'digest', onceKey: day, to: { accountId: person.id, address: person.email }, ...letter };
}

/** What the letter of a person would say now; undefined if there is nothing to tell. */
export async function composeDigest(actor: Actor, zone: string) {
	const [due, forwarding, decreesMissed] = await Promise.all([dueFacts(actor), digestFacts(actor), missingDecrees()]);
	return digestLetter({ due, forwarding, decreesMissed }, { name: actor.name, zone, at: now(), origin: siteAddress() });
}
