import { asc, eq, inArray } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import type { Mentioned } from '#lib/cases/mentions.ts';
import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { PAUSING_QUESTIONS } from '#lib/calendar/clock-rules.ts';
import { isAnswerFinal, isUnverified, needsSecondPerson } from '#lib/cases/moves.ts';
import { isHeld } from '#lib/privacy/retention.ts';
import { fileColumns, fileOrder } from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, messages } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { clarificationsOf } from './officers/clarifications.ts';
import { decreeOf } from './destruction-decree.ts';
import { caseForActor, type CaseWithUnit } from './find.ts';
import { verbsFor } from './allowed-verbs.ts';
import { mayTakeBack } from './handling/assign.ts';
import { hasWorkingAssignee } from './case-staff.ts';
import { officersOfCase } from './officers/officers-of-case.ts';
import { relatedCases } from './officers/related.ts';
import { referenceFor, withoutHiddenParts } from './visible-references.ts';
import { isInTime, objectionEndsBy } from './conversation/reporter-time-limits.ts';
import { reporterMailState } from './mail-preference.ts';
import { mayLinkReceipt, neverHandedOver } from './receipt-link.ts';
import { decryptIfNamed } from './reporter.ts';
import { timelineOf, type TimelineEntry } from './timeline.ts';
import { clocksOf } from './clocks/view-clocks.ts';
import { draftOf } from './answers/approval-lists.ts';

export type WholeDeskCase = Awaited<ReturnType<typeof deskCaseOf>>;
/** What browsers get of a case. Its timeline and conversation reach them in words. */
export type DeskCase = Omit<WholeDeskCase, 'timeline' | 'conversation'>;
export type DeskFile = DeskCase['files'][number];

/**
 * Reads everything the desk shows of a case. A withheld name is not included; `revealReporter` opens it.
 *
 * @throws NotFound if the actor may not see the case
 */
export const deskCase = async (actor: Actor, number: string) => deskCaseOf(actor, await caseForActor(actor, number));

/** `deskCase` of a case that was found for the actor. */
export async function deskCaseOf(actor: Actor, caseWithUnit: CaseWithUnit) {
	const { row, unit } = caseWithUnit;
	const [entries, exchanged, files, running, named, reporter, related, mail] = await Promise.all([
		timelineOf(row.id).then((all) => withoutHiddenParts(actor, all)),
		row.destroyedAt ? [] : messagesOf(row.id),
		db().select(fileColumns).from(attachments).where(eq(attachments.caseId, row.id)).orderBy(fileOrder),
		clocksOf(caseWithUnit),
		officersOfCase(row.id),
		decryptIfNamed(row),
		relatedCases(actor, row),
		reporterMailState(row)
	]);
	// Most cases have neither drafts nor questions to officers. Each of these has an entry in the timeline.
	const has = (...types: TimelineType[]) => entries.some(({ type }) => types.includes(type));
	const [draft, asked, people, duplicateOf, destroyed, assigned, takesBack, lastDay] = await Promise.all([
		has('answer_drafted', 'archive_drafted') ? draftOf(actor, caseWithUnit) : null,
		has('clarification_asked') ? clarificationsOf(row.id) : [],
		accountsOf([row.assigneeId, row.openedBy, ...entries.flatMap(mentionsOf)]),
		// An open report with a main case is linked and not a duplicate. `linksOf` returns its main case.
		referenceFor(actor, row.status === 'archived' ? row.mainCaseId : null),
		decreeOf(row),
		row.assigneeId === actor.accountId || hasWorkingAssignee(db(), row),
		entries.at(-1)?.type === 'assigned' && row.assigneeId !== actor.accountId && mayTakeBack(db(), actor, row),
		objectionEndsBy(entries, row, unit)
	]);
	const entryOf = new Map(entries.toReversed().map((entry) => [entry.data.message, entry]));
	const filesOf = Map.groupBy(files, ({ messageId }) => messageId);
	const { placeById, officerById, unitById } = await referenceData();
	const nameOf = (accountId: string | null) => people.get(accountId ?? '')?.name ?? null;
	const { name, code, slug, timeZone, parentId, path } = unit;
	const { version, status, kind, title, body, requestedSolution, category, class: caseClass, priority } = row;
	const { service, incidentOn, identity, secret, consentLapor, channel, receivedAt, openedAt } = row;
	const { answeredAt, archiveReason, objectionAt, transferredTo, disputes, satisfaction } = row;
	const { restricted, assigneeId, processingRestrictedAt } = row;
	const codeNotGiven = neverHandedOver(entries);
	const facts = {
		mayDecideDraft: draft?.mayDecide ?? false,
		draft: draft?.state === 'pending' ? draft.kind : null,
		mayLinkReceipt: mayLinkReceipt(row, entries),
		hasWorkingAssignee: assigned,
		takesBack,
		reopenable: row.objectionAt !== null || isInTime(lastDay, unit)
	};
	return {
		reference: row.reference,
		/** The decree by which the content was destroyed. */
		destroyed,
		kind,
		title,
		body,
		requestedSolution,
		category,
		service,
		incidentOn,
		identity,
		secret,
		consentLapor,
		channel,
		receivedAt,
		openedAt,
		restricted,
		processingRestrictedAt,
		/** The site found the report unusual when it came, and staff have not verified it yet. */
		flagged: row.flagged && isUnverified(row),
		version,
		status,
		class: caseClass,
		priority,
		assigneeId,
		answeredAt,
		archiveReason,
		/** What the reporter read when the case was archived, besides the reason. */
		archiveNote: noteOfArchiving(entries),
		objectionAt,
		transferredTo,
		disputes,
		satisfaction,
		/** The next answer is final, and only a supervisor may write it. */
		final: isAnswerFinal(row),
		/** Number of further questions that pause the office's deadlines. */
		pausesLeft: Math.max(0, PAUSING_QUESTIONS - row.questions),
		needsSecondPerson: needsSecondPerson(kind),
		place: placeById.get(row.placeId ?? '')?.name ?? null,
		officer: officerById.get(row.officerId ?? '')?.name ?? null,
		assignee: nameOf(row.assigneeId),
		openedBy: nameOf(row.openedBy),
		handlingUnit: unitById.get(row.handlingUnitId)?.name ?? '',
		duplicateOf,
		/** Today in the office's time zone. */
		today: localDate(now(), timeZone),
		unit: { id: unit.id, name, code, slug, timeZone, parentId, path },
		reporter,
		/** The office has not handed the receipt to the reporter. */
		codeNotGiven,
		/** There is no contact or conversation either, so the reporter reads no question, message or answer. */
		unreachable: codeNotGiven && row.reporterHash === null && !entries.some(({ data }) => data.conversation),
		/** State of the e-mails to the reporter, never the address. */
		reporterMail: mail,
		named: named.filter((officer) => officer.state !== 'cleared'),
		clarifications: asked,
		related,
		clocks: running,
		files: files.filter((file) => file.messageId === null && file.approvalId === null),
		conversation: exchanged.map((message) => {
			// The type of the entry shows whether the message is a question, an answer or a plain message.
			const entry = entryOf.get(message.id);
			const own = filesOf.get(message.id) ?? [];
			return { ...message, entry, mentioned: mentionedIn(entry, people), files: own };
		}),
		timeline: entries,
		/** A person holds the case, so retention destroys nothing of it. */
		held: isHeld(entries),
		/** Number of failed attempts to reach the reporter. */
		failedContacts: entries.filter(({ type }) => type === 'contact_tried').length,
		draft,
		may: verbsFor(actor, row, facts)
	};
}

/** Accounts by id. */
async function accountsOf(ids: readonly (string | null)[]) {
	const known = [...new Set(ids)].filter((id) => id !== null);
	const { id, username, name } = accounts;
	const rows =
		known.length > 0 ? await db().select({ id, username, name }).from(accounts).where(inArray(id, known)) : [];
	return new Map(rows.map((account) => [account.id, account]));
}

function noteOfArchiving(entries: readonly TimelineEntry[]): string | null {
	const note = entries.findLast(({ type }) => type === 'archived')?.data.note;
	return typeof note === 'string' ? note : null;
}

/** Ids of the accounts that a note mentions. */
const mentionsOf = ({ type, data }: TimelineEntry): string[] =>
	type === 'note' && Array.isArray(data.mentions) ? (data.mentions as string[]) : [];

/** People mentioned in a note, including those who may no longer see the case. */
function mentionedIn(entry: TimelineEntry | undefined, people: ReadonlyMap<string, Mentioned>): Mentioned[] {
	const mentioned = entry ? mentionsOf(entry).flatMap((id) => people.get(id) ?? []) : [];
	return mentioned.map(({ username, name }) => ({ username, name }));
}

async function messagesOf(caseId: number) {
	const { id, author, public: isPublic, body, at } = messages;
	return db()
		.select({ id, author, name: accounts.name, public: isPublic, body, at })
		.from(messages)
		.leftJoin(accounts, eq(accounts.id, messages.accountId))
		.where(eq(messages.caseId, caseId))
		.orderBy(asc(messages.at), asc(messages.id));
}
