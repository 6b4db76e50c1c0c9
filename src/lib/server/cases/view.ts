import { aliasedTable, and, asc, eq, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import type { Mentioned } from '#lib/cases/mentions.ts';
import { DISPUTES_BEFORE_FINAL, needsSecondPerson, PAUSING_QUESTIONS } from '#lib/cases/status.ts';
import { fileColumns } from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { clarificationsOf } from './officers/clarifications.ts';
import { caseForActor, type CaseRow } from './find.ts';
import { verbsFor } from './allowed-verbs.ts';
import { namedInCase } from './officers/named.ts';
import { relatedCases } from './officers/related.ts';
import { referenceFor, withoutHiddenParts } from './references.ts';
import { mayObject } from './conversation/time-limits.ts';
import { reporterMailState } from './reporter-mail.ts';
import { openReporter } from './reporter.ts';
import { timelineOf, type TimelineEntry } from './timeline.ts';
import { clocksOf } from './clocks/view-clocks.ts';
import { draftOf } from './answers/approval-lists.ts';

export type DeskCase = Awaited<ReturnType<typeof deskCase>>;
export type DeskFile = DeskCase['files'][number];
export type ConversationMessage = DeskCase['conversation'][number];

/**
 * Reads everything the desk shows of a case. A withheld name is not included; `revealReporter` opens it.
 *
 * @throws NotFound if the actor may not see the case
 */
export async function deskCase(actor: Actor, reference: string) {
	const caseWithUnit = await caseForActor(actor, reference);
	const { row, unit } = caseWithUnit;
	const [facts, entries, exchanged, files, running, named, draft, reporter, reopenable, asked, related, people, mail] =
		await Promise.all([
			factsOf(actor, row),
			timelineOf(row.id, false).then((all) => withoutHiddenParts(actor, all)),
			messagesOf(row.id),
			db().select(fileColumns).from(attachments).where(eq(attachments.caseId, row.id)).orderBy(asc(attachments.at)),
			clocksOf(caseWithUnit),
			namedInCase(row.id),
			draftOf(actor, caseWithUnit),
			row.identity === 'named' ? openReporter(row.reporterSealed) : null,
			row.objectionAt !== null || mayObject(db(), row, unit),
			clarificationsOf(row.id),
			relatedCases(actor, row),
			peopleMentioned(row.id),
			reporterMailState(row.id)
		]);
	const { name, code, slug, timeZone, parentId, path } = unit;
	const { version, status, kind, title, body, requestedSolution, category, class: rank, priority } = row;
	const { service, incidentOn, identity, secret, consentLapor, channel, receivedAt, openedAt } = row;
	const { answeredAt, archiveReason, objectionAt, transferredTo, disputes, satisfaction } = row;
	const { restricted, flagged, assigneeId } = row;
	const said = { kind, title, body, requestedSolution, category, service, incidentOn, identity, secret, consentLapor };
	const arrival = { channel, receivedAt, openedAt, restricted, flagged };
	const handling = { version, status, class: rank, priority, assigneeId, answeredAt, archiveReason, objectionAt };
	const circumstances = {
		secondPerson: draft?.mayDecide ?? false,
		draft: draft?.state === 'pending' ? draft.kind : null,
		reopenable
	};
	return {
		reference: row.reference,
		...said,
		...arrival,
		...handling,
		transferredTo,
		disputes,
		/** The next answer is final, and only a supervisor may write it. */
		final: disputes >= DISPUTES_BEFORE_FINAL,
		satisfaction,
		/** Number of further questions that pause the office's deadlines. */
		pausesLeft: Math.max(0, PAUSING_QUESTIONS - row.questions),
		needsSecondPerson: needsSecondPerson(kind),
		...facts,
		/** Today in the office's time zone. */
		today: localDate(now(), timeZone),
		unit: { id: unit.id, name, code, slug, timeZone, parentId, path },
		reporter,
		/** State of the e-mails to the reporter, never the address. */
		reporterMail: mail,
		named: named.filter((officer) => officer.state !== 'cleared'),
		clarifications: asked,
		related,
		clocks: running,
		files: files.filter((file) => file.messageId === null && file.approvalId === null),
		conversation: exchanged.map((message) => {
			// The type of the entry shows whether the message is a question, an answer or a plain message.
			const entry = entries.find(({ data }) => data.message === message.id);
			const own = files.filter((file) => file.messageId === message.id);
			return { ...message, entry, mentioned: mentionedBy(entry, people), files: own };
		}),
		timeline: entries,
		/** Number of failed attempts to reach the reporter. */
		failedContacts: entries.filter(({ type }) => type === 'contact_tried').length,
		draft,
		may: verbsFor(actor, row, circumstances)
	};
}

type MentionedPerson = Awaited<ReturnType<typeof peopleMentioned>>[number];

/** People mentioned in the notes of a case, including those who may no longer see it. */
async function peopleMentioned(caseId: number) {
	return db()
		.selectDistinct({ id: accounts.id, username: accounts.username, name: accounts.name })
		.from(timeline)
		.innerJoin(accounts, sql`${timeline.data} -> 'mentions' ? ${accounts.id}::text`)
		.where(and(eq(timeline.caseId, caseId), eq(timeline.type, 'note')));
}

function mentionedBy(entry: TimelineEntry | undefined, people: readonly MentionedPerson[]): Mentioned[] {
	const ids = Array.isArray(entry?.data.mentions) ? (entry.data.mentions as string[]) : [];
	return people.filter(({ id }) => ids.includes(id)).map(({ username, name }) => ({ username, name }));
}

/** The names for the ids in a case row. */
async function factsOf(actor: Actor, row: CaseRow) {
	const assignee = aliasedTable(accounts, 'assignee');
	const opener = aliasedTable(accounts, 'opener');
	const named = { place: places.name, officer: officers.name, assignee: assignee.name, openedBy: opener.name };
	const [facts] = await db()
		.select({ ...named, handlingUnit: units.name })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.handlingUnitId))
		.leftJoin(places, eq(places.id, cases.placeId))
		.leftJoin(officers, eq(officers.id, cases.officerId))
		.leftJoin(assignee, eq(assignee.id, cases.assigneeId))
		.leftJoin(opener, eq(opener.id, cases.openedBy))
		.where(eq(cases.id, row.id));
	if (!facts) throw new Error('the case vanished');
	// An open report with a main case is linked and not a duplicate. `linksOf` returns its main case.
	const original = row.status === 'archived' ? row.mainCaseId : null;
	return { ...facts, duplicateOf: await referenceFor(actor, original) };
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
