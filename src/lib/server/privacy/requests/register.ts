import { and, asc, desc, eq, inArray, isNull, ne, notLike, or, sql, type SQL } from 'drizzle-orm';
import { UNSENT_FORWARDS } from '#lib/cases/forwarding.ts';
import { allows } from '#lib/cases/moves.ts';
import { TRIAL_REQUEST, type RequestContent, type RequestKind } from '#lib/privacy/requests.ts';
import { hourRule } from '#lib/server/calendar/load.ts';
import { decryptReporter, maskedPhone } from '#lib/server/cases/reporter.ts';
import { hiddenFrom, notNaming, visibleTo } from '#lib/server/cases/visibility.ts';
import { maskedApart } from '#lib/server/channels/mail-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import { decryptText } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { accountNames } from '#lib/server/people/audit-log.ts';
import { unitsOfKeeper } from '../notice/responsible.ts';
import { isWaiting, recordingUnits, type RequestRow } from './receive.ts';
import { decidersOf } from './request-notices.ts';
import { secondDeciders } from './second-decider.ts';

const PAGE = 30;

/**
 * Lists of the register: the waiting requests, the earliest deadline first, and the decided ones, the latest decision
 * first.
 */
export const REQUEST_LISTS = ['waiting', 'granted', 'refused', 'withdrawn'] as const;
export interface RequestFilter {
	list: (typeof REQUEST_LISTS)[number];
	kind?: RequestKind;
}

/** The office that answers now. A request about a case follows it when the case is handed over. */
const office = sql<string>`coalesce(${cases.handlingUnitId}, ${dataRequests.unitId})`;

/**
 * Condition for the requests that the actor reads: those to decide, those of visible cases, and those that the actor
 * recorded. Excludes requests about the actor's own data and about cases that name the actor.
 */
function seenBy(actor: Actor, decided: readonly string[]): SQL | undefined {
	const { accountId } = actor;
	const unnamed = notNaming(actor);
	return and(
		or(inArray(office, [...decided]), visibleTo(actor), accountId ? eq(dataRequests.recordedBy, accountId) : undefined),
		unnamed && or(isNull(dataRequests.caseId), unnamed),
		accountId ? or(isNull(dataRequests.accountId), ne(dataRequests.accountId, accountId)) : undefined
	);
}

const rowsFor = (on: Database | Tx, actor: Actor) =>
	on
		.select({
			request: dataRequests,
			case: {
				reference: cases.reference,
				status: cases.status,
				processingRestrictedAt: cases.processingRestrictedAt,
				escalationState: cases.escalationState
			},
			reporterSealed: cases.reporterSealed,
			/** The number of a restricted case is shown only to people who may see the case. */
			hidden: sql<boolean>`(${dataRequests.caseId} is not null and ${hiddenFrom(actor)})`,
			visible: sql<boolean>`coalesce(${visibleTo(actor)}, false)`,
			unit: { id: units.id, name: units.name, timeZone: units.timeZone },
			account: accounts.name
		})
		.from(dataRequests)
		.leftJoin(cases, eq(cases.id, dataRequests.caseId))
		.innerJoin(units, eq(units.id, office))
		.leftJoin(accounts, eq(accounts.id, dataRequests.accountId));

/** @throws NotAllowed for a person who neither decides nor records requests */
async function requireReader(actor: Actor): Promise<string[]> {
	const decided = await unitsOfKeeper(actor);
	if (decided.length + recordingUnits(actor).length === 0) throw new NotAllowed('data_request');
	return decided;
}

/** A page of the register. Contains no words of the requests. */
export async function listRequests(actor: Actor, { list, kind }: RequestFilter, cursor?: string, size = PAGE) {
	const waiting = list === 'waiting';
	const { dueAt, decidedAt, id, state } = dataRequests;
	const [order, moment] = waiting ? [asc, dueAt] : [desc, decidedAt];
	const ofList = waiting ? isWaiting : eq(state, list);
	const page = beyond(cursor, [moment, id], waiting ? 'oldest' : 'newest');
	const rows = await rowsFor(db(), actor)
		.where(and(seenBy(actor, await requireReader(actor)), ofList, kind && eq(dataRequests.kind, kind), page))
		.orderBy(order(moment), order(id))
		.limit(size + 1);
	const names = await accountNames(rows.map(({ request }) => request.decidedBy));
	const items = rows.map(({ request, case: about, hidden, unit, account }) => {
		const { id, number, kind, via, state, receivedAt, dueAt, decidedAt, ground, reason, personCheck } = request;
		const decision = { decidedAt, decidedBy: names.get(request.decidedBy) ?? null, ground, reason };
		const facts = { id, number, kind, via, personCheck, state, receivedAt, dueAt, ...decision, unit, account };
		return { ...facts, overdue: waiting && dueAt < now(), case: hidden ? null : about, hasCase: about !== null };
	});
	return pageOf(items, size, (row) => row.decidedAt ?? row.dueAt);
}
export type ListedRequest = Awaited<ReturnType<typeof listRequests>>['items'][number];

/** Counts the waiting and overdue requests that the register lists for the actor, for the card that leads to it. */
export const countRequests = async (actor: Actor): Promise<WaitingRequests> =>
	countWaiting(seenBy(actor, await unitsOfKeeper(actor)));

/**
 * Counts the waiting and overdue requests of the offices for which the actor decides, without practice, for the daily
 * e-mail. Also counts those that the actor may not decide because of the recorder, and none that the actor decides only as
 * a second person (`secondDeciders`). Notices are sent about these.
 */
export async function countRequestsToDecide(actor: Actor): Promise<WaitingRequests> {
	const decided = await unitsOfKeeper(actor);
	const real = notLike(dataRequests.number, `${TRIAL_REQUEST}%`);
	return countWaiting(and(seenBy(actor, decided), inArray(office, decided), real));
}

interface WaitingRequests {
	waiting: number;
	overdue: number;
}

const countWaiting = (which: SQL | undefined): Promise<WaitingRequests> =>
	db()
		.select({
			waiting: sql<number>`count(*)::int`,
			overdue: sql<number>`(count(*) filter (where ${dataRequests.dueAt} < ${now().toISOString()}))::int`
		})
		.from(dataRequests)
		.leftJoin(cases, eq(cases.id, dataRequests.caseId))
		.where(and(which, isWaiting))
		.then(oneRow);

/**
 * Finds a request that the actor may read. `second`: the people who decide it if the person who recorded it may not, for
 * people who decide the requests of the office. `alone`: the actor recorded it and decides it, because nobody else can.
 * @throws NotFound
 */
export async function requestFor(on: Database | Tx, actor: Actor, id: string) {
	const decided = await unitsOfKeeper(actor);
	const found = oneRow(await rowsFor(on, actor).where(and(isId(dataRequests.id, id), seenBy(actor, decided))));
	const { request, unit } = found;
	const keeps = decided.includes(unit.id);
	const isDecided = request.decidedAt !== null;
	const second = isDecided ? undefined : await secondDeciders(on, request, unit.id);
	const me = actor.accountId ?? '';
	if (!second) return { ...found, decides: keeps, alone: false, second: null };
	const alone = second.alone && me === request.recordedBy;
	const decides = alone || (keeps && !second.barred.has(me)) || second.people.some((person) => person.id === me);
	return { ...found, decides, alone, second: keeps ? second.people.map(({ name }) => name) : null };
}

/** Ids of those of the requests that the actor may read, by their numbers. */
export async function requestIds(actor: Actor, numbers: readonly string[]): Promise<Map<string, string>> {
	const { id, number, caseId } = dataRequests;
	const rows = await db()
		.select({ id, number })
		.from(dataRequests)
		.leftJoin(cases, eq(cases.id, caseId))
		.where(and(inArray(number, [...numbers]), seenBy(actor, await unitsOfKeeper(actor))));
	return new Map(rows.map((row) => [row.number, row.id]));
}

/** Whether this request restricts the report now. A later restriction of the report, or of a part of it, replaces it. */
export const isRestrictedBy = (
	{ kind, decidedAt }: Pick<RequestRow, 'kind' | 'decidedAt'>,
	processingRestrictedAt: Date | null
) => kind === 'restriction' && decidedAt !== null && decidedAt.getTime() === processingRestrictedAt?.getTime();

/**
 * A request for its page in the register. Only the people who decide it and the account that recorded it get what the
 * person wrote: it may contain the name and the contact that a report withholds from its handlers.
 * @throws NotFound
 */
export async function readRequest(actor: Actor, id: string) {
	const { request, case: about, hidden, reporterSealed, ...found } = await requestFor(db(), actor, id);
	const { contentSealed, checkNote, submissionHash: _, contentHash: _c, confirmHash, caseId, ...facts } = request;
	const content = await openContent(contentSealed);
	const readsWords = found.decides || (actor.accountId !== null && request.recordedBy === actor.accountId);
	const isOthers = request.decidedAt === null && !found.decides && !found.second;
	const deciders = isOthers ? await decidersOf(db(), { ...request, unitId: found.unit.id }) : [];
	const names = await accountNames([request.recordedBy, request.decidedBy, ...deciders]);
	return {
		...facts,
		...found,
		/** Names of the people who decide it, for others. */
		deciders: deciders.flatMap((account) => names.get(account) ?? []),
		...(readsWords ? content : {}),
		readsWords,
		/** The contact that a new one would replace, as the reporter sees it, to compare the two. */
		currentContact:
			request.kind === 'contact' && request.decidedAt === null && found.decides
				? maskedContact((await decryptReporter(reporterSealed)) ?? {}, content.email)
				: null,
		/** The current contact must not be asked. */
		lost: content.lost === true,
		checkNote: readsWords ? checkNote : null,
		hasCase: caseId !== null,
		case: hidden ? null : about,
		/** Staff print the copy for the person at the counter once it is decided that the person has the right to it. */
		mayCopy: request.kind === 'access' && found.visible && request.state === 'granted',
		processingRestricted: about?.processingRestrictedAt != null,
		mayLift: found.decides && about !== null && isRestrictedBy(request, about.processingRestrictedAt),
		/** Granting archives the case, which withdraws its unsent forward. */
		withdrawsForward:
			request.kind === 'report' &&
			!hidden &&
			about !== null &&
			allows('archive', about.status) &&
			about.escalationState !== null &&
			UNSENT_FORWARDS.includes(about.escalationState),
		/** SP4N-LAPOR! has the report, and granting does not end it there. */
		staysAtLapor:
			request.kind === 'report' &&
			!hidden &&
			about?.escalationState === 'sent' &&
			(request.decidedAt === null || request.state === 'granted'),
		/** The current contact confirms by a link; otherwise staff call it. */
		asksByMail: confirmHash !== null,
		recordedBy: names.get(request.recordedBy) ?? null,
		decidedBy: names.get(request.decidedBy) ?? null,
		overdue: (request.state === 'open' || request.state === 'confirming') && request.dueAt < now(),
		rule: await hourRule('data_request', request.receivedAt)
	};
}

interface Contact {
	email?: string | null | undefined;
	phone?: string | null | undefined;
}
const maskedContact = ({ email, phone }: Contact, other = ''): string =>
	[email && maskedApart(email, other), phone && maskedPhone(phone)].filter(Boolean).join(' · ');

/** What the person wrote; empty after retention has destroyed it. */
export const openContent = async (sealed: string): Promise<RequestContent> =>
	sealed === '' ? {} : (JSON.parse(await decryptText(sealed)) as RequestContent);

/**
 * Requests of a case for its reporter, or of an account for its owner, the latest first, with what the person wrote. Of a
 * new contact they have as much as the report's page shows of the present one.
 */
export async function requestsAbout(which: { caseId: number } | { accountId: string }) {
	const { id, number, kind, state, receivedAt, dueAt, ground, reason, decidedAt, confirmHash, contentSealed } =
		dataRequests;
	const columns = { id, number, kind, state, receivedAt, dueAt, ground, reason, decidedAt };
	const overdue = sql<boolean>`${dueAt} < ${now().toISOString()}`;
	const asksByMail = sql<boolean>`${confirmHash} is not null`;
	const rows = await db()
		.select({ ...columns, contentSealed, overdue, asksByMail, reporterSealed: cases.reporterSealed })
		.from(dataRequests)
		.leftJoin(cases, eq(cases.id, dataRequests.caseId))
		.where('caseId' in which ? eq(dataRequests.caseId, which.caseId) : eq(dataRequests.accountId, which.accountId))
		.orderBy(desc(receivedAt), desc(number));
	return Promise.all(
		rows.map(async ({ contentSealed, reporterSealed, ...row }) => {
			const { words, email, phone, lost = false } = await openContent(contentSealed);
			const contact = maskedContact({ email, phone });
			const isNew = row.kind === 'contact' && row.decidedAt === null;
			return {
				...row,
				words,
				contact,
				lost,
				looksCurrent: isNew && (await looksCurrent({ email, phone }, reporterSealed))
			};
		})
	);
}

/** Whether a part of a new contact is masked as the present one, although it is another. */
async function looksCurrent(contact: Contact, reporterSealed: string | null): Promise<boolean> {
	const present: Contact = (await decryptReporter(reporterSealed)) ?? {};
	return (['email', 'phone'] as const).some((field) => {
		const [one, other] = [contact[field], present[field]];
		return one && other && one !== other && maskedContact({ [field]: one }) === maskedContact({ [field]: other });
	});
}
