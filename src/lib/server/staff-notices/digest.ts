import { and, asc, eq, isNotNull, not, or, sql } from 'drizzle-orm';
import { instantAt, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { isWorkingDay } from '#lib/calendar/working-calendar.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { missingDecrees } from '#lib/server/calendar/year.ts';
import { COUNTED_DRAFTS, draftsToDecide } from '#lib/server/cases/answers/approval-lists.ts';
import { isDueSoon, officeDay, overdue } from '#lib/server/cases/inbox/filter.ts';
import { present } from '#lib/server/cases/case-staff.ts';
import { unlessProcessingRestricted, visibleTo } from '#lib/server/cases/visibility.ts';
import { countWaiting } from '#lib/server/channels/incoming/list.ts';
import { isSwitchedOff } from '#lib/server/channels/notice-choices.ts';
import { mailServer, queueMail, type NewMail } from '#lib/server/channels/mail-queue.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { progressOf, storeProgress } from '#lib/server/db/job-progress.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { digestFacts } from '#lib/server/escalation/digest-facts.ts';
import { channelFindings } from '#lib/server/health/channels.ts';
import { log } from '#lib/server/log.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { outsideTrial } from '#lib/server/people/units/trial.ts';
import { countRequestsToDecide } from '#lib/server/privacy/requests/register.ts';
import { composeDigestMail, DUE_GROUPS, type DueGroup, type MorningFacts, type UnitDue } from './digest-mail.ts';

/** Local time from which the day's digests are written. */
const MORNING = '08:00';

interface Office {
	id: string;
	zone: string;
}

/**
 * Writes the digests of every office where it is eight o'clock or later on a working day and today's are not written
 * yet. After a downtime they are written later on the same day, never twice and never for a past day. A failing office
 * is retried by the next call and does not block the others.
 */
export async function writeDigests(): Promise<void> {
	if (!mailServer()) return;
	const calendar = await loadCalendar();
	const offices = await supervisedOffices();
	const written = await progressOf(db(), offices.map(keyOf));
	for (const office of offices) {
		const day = localDate(now(), office.zone);
		if (!isWorkingDay(day, calendar) || now() < instantAt(day, MORNING, office.zone)) continue;
		if (written.get(keyOf(office)) === day) continue;
		await writeFor(office, day).catch((error: unknown) =>
			log().error({ office: office.id, err: error }, 'digest failed')
		);
	}
}

/** Condition for an active supervisor with an e-mail address. The caller joins roles and accounts. */
const reachable = and(eq(roles.role, 'supervisor'), eq(accounts.active, true), isNotNull(accounts.email));

const supervisedOffices = (): Promise<Office[]> =>
	db()
		.selectDistinct({ id: units.id, zone: units.timeZone })
		.from(units)
		.innerJoin(roles, eq(roles.unitId, units.id))
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(reachable);

const keyOf = ({ id }: Office): string => `digest:${id}`;

async function writeFor(office: Office, day: LocalDate): Promise<void> {
	const mails: NewMail[] = [];
	for (const { id, email } of await presentSupervisors(office)) {
		const actor = await actorOf(id);
		const digest = actor && composeDigest(actor, office.zone, await morningFacts(actor));
		if (digest) mails.push({ kind: 'digest', onceKey: day, to: { accountId: id, address: email ?? '' }, ...digest });
	}
	await transaction(async (tx) => {
		// Two workers may come at the same time.
		if (!(await storeProgress(tx, keyOf(office), day))) return;
		for (const mail of mails) await queueMail(tx, mail);
	});
}

/** The office's own supervisors who want the digest and are not absent. Supervisors above get their own office's. */
async function presentSupervisors({ id, zone }: Office) {
	const people = await db()
		.select({ id: accounts.id, email: accounts.email })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(and(eq(roles.unitId, id), reachable, not(isSwitchedOff(accounts.id, 'digest', 'email'))))
		.orderBy(asc(accounts.username));
	return present(people, zone);
}

/** What the digest of a person reports, without offices in trial. */
async function morningFacts(by: Actor): Promise<MorningFacts> {
	const actor = await outsideTrial(by);
	const [drafts, due, forwarding, decreesMissed, requests, messages, channels] = await Promise.all([
		draftsToDecide(actor, undefined, COUNTED_DRAFTS),
		dueFacts(actor),
		digestFacts(actor),
		missingDecrees(),
		countRequestsToDecide(actor),
		countWaiting(actor),
		channelFindings([...actor.units.supervisor, ...actor.units.admin])
	]);
	const administers = channels.some(({ office }) => actor.units.admin.includes(office));
	return { drafts: drafts.items.length, due, forwarding, decreesMissed, requests, messages, channels, administers };
}

/** The digest of a person as of now. Undefined if there is nothing to report. */
const composeDigest = ({ name }: Actor, zone: string, facts: MorningFacts) =>
	composeDigestMail(facts, { name, zone, at: now(), origin: siteAddress() });

/** Cases listed per group. The others are only counted. */
const LISTED = 5;

/**
 * Lists the urgent cases that the person may see, by unit in the order of codes. The groups are overdue, due today (in
 * the unit's zone) and due soon, by the rule of the desk's list. Each case counts once, by its earliest deadline.
 */
export async function dueFacts(actor: Actor): Promise<UnitDue[]> {
	const at = sql`${now().toISOString()}::timestamptz`;
	const title = unlessProcessingRestricted(sql`coalesce(${cases.title}, left(${cases.body}, 200))`);
	const rows = await rowsOf<{
		code: string;
		unit: string;
		zone: string;
		kind: DueGroup;
		count: number;
		reference: string;
		title: string | null;
		due: string | Date;
	}>(
		db(),
		sql`with pressing as (
			select distinct ${clocks.caseId} as case_id from ${clocks}
			where ${clocks.state} = 'running' and ${clocks.name} <> 'reporter_turn' and ${clocks.warnAt} < ${at} + interval '2 days'
		), due as (
			select ${units.code} as code, ${units.name} as unit, ${units.timeZone} as zone, ${cases.reference} as reference,
				${cases.dueAt} as due,
				case when ${cases.dueAt} < ${at} then 'overdue' when ${cases.dueAt} < ${officeDay(1)} then 'today' else 'soon' end as kind
			from pressing inner join ${cases} on ${cases.id} = pressing.case_id
			inner join ${units} on ${units.id} = ${cases.unitId}
			where ${and(visibleTo(actor), or(overdue(), isDueSoon()))}
		)
		select ranked.*, (select ${title} from ${cases} where ${cases.reference} = ranked.reference) as title from (
			select due.*, count(*) over (partition by code, kind)::int as count,
				row_number() over (partition by code, kind order by due, reference) as nth
			from due
		) ranked where nth <= ${LISTED} order by code, nth`
	);
	const byUnit = new Map<string, UnitDue>();
	for (const { code, unit, zone, kind, count, reference, title, due } of rows) {
		const unitDue = byUnit.get(code) ?? { name: unit, zone, groups: {} };
		const list = (unitDue.groups[kind] ??= { count, rows: [] });
		list.rows.push({ reference, title, dueAt: new Date(due) });
		byUnit.set(code, unitDue);
	}
	return [...byUnit.values()];
}

/**
 * The digest as of now, and the cases and forwards that it lists. `digest` is null if there is nothing to report, and
 * `address` is null if the person has none. `siteSendsEmail`: the installation sends e-mail. `morning`: the person gets
 * the morning's digest, because they are a supervisor.
 */
export async function previewDigest(actor: Actor) {
	const facts = await morningFacts(actor);
	const digest = composeDigest(actor, await zoneOf(actor), facts);
	const [account] = actor.accountId
		? await db().select({ email: accounts.email }).from(accounts).where(eq(accounts.id, actor.accountId))
		: [];
	return {
		digest: digest ?? null,
		cases: facts.due.flatMap(({ zone, groups }) =>
			DUE_GROUPS.flatMap((group) => (groups[group]?.rows ?? []).map((row) => ({ ...row, zone, group })))
		),
		forwards: Object.values(facts.forwarding.groups).flatMap(({ rows }) => rows),
		address: account?.email ?? null,
		siteSendsEmail: mailServer() !== undefined,
		morning: actor.units.supervisor.length > 0
	};
}

/** Sends the digest to the actor's own address, at most once a minute. The morning's digest is still written. */
export async function sendDigestNow(actor: Actor) {
	const { digest, address, siteSendsEmail } = await previewDigest(actor);
	const { accountId } = actor;
	if (!siteSendsEmail) return 'no_mail';
	if (!digest) return 'nothing';
	if (!accountId || !address) return 'no_address';
	const minute = now().toISOString().slice(0, 16);
	const mail = { kind: 'digest' as const, onceKey: `now ${minute}`, to: { accountId, address }, ...digest };
	await transaction((tx) => queueMail(tx, mail));
	return 'sent';
}

/** Time zone of the highest office where the person is a handler or supervisor. */
async function zoneOf({ units: held }: Actor): Promise<string> {
	const ids = [...held.supervisor, ...held.handler];
	const [unit] = (await referenceData()).units.filter(({ id }) => ids.includes(id)).sort((a, b) => a.depth - b.depth);
	return unit?.timeZone ?? firstZone();
}
