import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	date,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp,
	uniqueIndex,
	uuid,
	type AnyPgColumn,
	type ExtraConfigColumn
} from 'drizzle-orm/pg-core';
import type {
	ArchiveReason,
	CaseClass,
	CaseKind,
	CaseStatus,
	Category,
	Channel,
	Identity,
	Priority,
	TimelineType,
	EscalationState
} from '#lib/cases/vocabulary.ts';
import { accounts } from './accounts.ts';
import { placeInList } from './place-in-list.ts';
import { officerId, officers, places, units } from './units.ts';

const at = () => timestamp({ withTimezone: true, mode: 'date' });
const unit = () => uuid().references(() => units.id);
const account = () => uuid().references(() => accounts.id);
const caseId = () => bigint({ mode: 'number' }).references((): AnyPgColumn => cases.id);

/** Condition of the indexes of open cases. `is true` avoids the index of the status, which would need a sort. */
const open = sql`(status in ('received', 'verified', 'in_progress', 'needs_info')) is true`;

/** The order of `order by … desc`. PostgreSQL would not use an index with another order of nulls for it. */
const newestFirst = (id: ExtraConfigColumn) => id.desc().nullsFirst();

const place = placeInList(sql.raw('due_at'), sql.raw('id'));

export const cases = pgTable(
	'cases',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		reference: text().notNull().unique(),
		/** The office the report is about. */
		unitId: unit().notNull(),
		/** The office that handles the case: the unit, or an ancestor for integrity cases and cases about the head. */
		handlingUnitId: unit().notNull(),
		/** True: only supervisors of the handling unit and of the units above see the case. */
		restricted: boolean().notNull().default(false),
		/** When it became restricted; null also if it was from the beginning. */
		restrictedAt: at(),
		kind: text().$type<CaseKind>().notNull(),
		title: text(),
		body: text().notNull(),
		requestedSolution: text(),
		category: text().$type<Category>(),
		class: text().$type<CaseClass>().notNull(),
		priority: text().$type<Priority>().notNull().default('normal'),
		service: text(),
		officerId: uuid().references(() => officers.id),
		placeId: uuid().references(() => places.id),
		incidentOn: date(),
		identity: text().$type<Identity>().notNull(),
		/** Name, e-mail and phone as encrypted JSON; null if the reporter gave no identity. */
		reporterSealed: text(),
		/** Keyed hash of the reporter's phone or e-mail, to find other cases of the same reporter. */
		reporterHash: text(),
		/** Keyed hashes of the words of a named reporter's name, and of the phone and e-mail, for the desk's search. */
		reporterWords: text().array(),
		/** Ids of the reporter's chats whose number was replaced by another one. The receipt opens such a chat again. */
		formerChats: bigint({ mode: 'number' }).array().notNull().default([]),
		/** The report must not be shown to the public, here or at LAPOR. Nothing to do with the receipt, the secret code. */
		secret: boolean().notNull().default(true),
		consentLapor: boolean().notNull().default(false),
		channel: text().$type<Channel>().notNull(),
		status: text().$type<CaseStatus>().notNull().default('received'),
		/** The status to which a case in `needs_info` or `archived` returns. */
		returnStatus: text().$type<CaseStatus>(),
		version: integer().notNull().default(1),
		assigneeId: account(),
		receivedAt: at().notNull(),
		openedAt: at().notNull(),
		openedBy: account(),
		answeredAt: at(),
		closedAt: at(),
		archivedAt: at(),
		archiveReason: text().$type<ArchiveReason>(),
		/** Since when everything that was written in the case is destroyed. The row stays, because figures count it. */
		destroyedAt: at(),
		disputes: integer().notNull().default(0),
		questions: integer().notNull().default(0),
		satisfaction: integer(),
		/** `decidedAt` of the request that restricts processing to the steps that the law requires (UU 27/2022). */
		processingRestrictedAt: at(),
		mainCaseId: caseId(),
		/** The case from which this one was split. The reporter reaches this one through that one. */
		splitFromId: caseId(),
		transferredTo: text(),
		/** The earliest running deadline of the office. The inbox is ordered by it. */
		dueAt: at(),
		/** Deadline of the first reply as promised to the reporter at opening: of the service time or of the law. */
		promisedAt: at(),
		/** Over the rate limit or otherwise doubtful. The handler sees the flag; the case is never refused for it. */
		flagged: boolean().notNull().default(false),
		/** State of the open forward, copied here for lists. */
		escalationState: text().$type<EscalationState>(),
		/** Whether a forward was ever prepared. It may have been cancelled, and then has no state here. */
		hasForward: boolean().notNull().default(false),
		objectionAt: at(),
		/** When the reporter last opened the tracking page, for "new since the last visit". */
		seenAt: at(),
		submissionHash: text().notNull().unique(),
		receiptHash: text().notNull().unique(),
		/** SHA-256 of the one-time link to a new receipt, and when it expires; null after it was used. */
		receiptLinkHash: text().unique(),
		receiptLinkExpiresAt: at(),
		contentHash: text().notNull()
	},
	(t) => [
		// The desk's lists are read in this order, most urgent first. The office is in the index too, so a search in one
		// office skips the cases of other offices without reading their rows.
		index('cases_due').on(t.dueAt, place, t.id, t.handlingUnitId, t.restricted),
		index('cases_status').on(t.status, t.dueAt, place),
		index('cases_inbox').on(t.handlingUnitId, t.status, t.dueAt, place),
		index('cases_unit').on(t.unitId, t.status, t.dueAt, place),
		// Few cases are open. Their counts are answered from the index alone.
		index('cases_open').on(t.dueAt, place, t.id, t.handlingUnitId, t.restricted, t.assigneeId).where(open),
		index('cases_open_assignee').on(t.assigneeId, t.dueAt, place, t.id, t.handlingUnitId, t.restricted).where(open),
		index('cases_objection')
			.on(t.dueAt, place, t.id, t.handlingUnitId, t.restricted, t.status)
			.where(sql`objection_at is not null`),
		index('cases_received').on(t.unitId, t.receivedAt),
		// Contains the columns that figures of events read of their cases.
		index('cases_counted').on(t.id, t.unitId, t.handlingUnitId, t.restricted, t.service, t.receivedAt),
		index('cases_opened').on(t.unitId, t.openedAt),
		index('cases_assignee').on(t.assigneeId, t.dueAt, place),
		// With the id, so that the latest cases of a place or a reporter are read without sorting all.
		index('cases_place').on(t.placeId, t.id),
		index('cases_main').on(t.mainCaseId),
		index('cases_split')
			.on(t.splitFromId)
			.where(sql`split_from_id is not null`),
		index('cases_reporter')
			.on(t.reporterHash, t.id)
			.where(sql`reporter_hash is not null`),
		/** All cases that a unit has forwarded, so that lists of forwards need not read its other cases. */
		index('cases_forwarded')
			.on(t.handlingUnitId, t.id)
			.where(sql`has_forward`),
		/** Complaints not recorded at LAPOR: the same condition as in `escalation/unrecorded.ts`. */
		index('cases_unrecorded')
			.on(t.unitId, t.receivedAt)
			.where(
				sql`kind = 'complaint' and channel <> 'lapor' and status not in ('received', 'archived')
				and category is distinct from 'integrity' and (escalation_state is null or escalation_state = 'rejected')`
			)
	]
);

/** Officers whom a case names; their accounts don't see it. `proposed`: found in the text, not yet decided. */
export const caseOfficers = pgTable(
	'case_officers',
	{
		caseId: caseId().notNull(),
		officerId: officerId(),
		/** How the case came to name the person. */
		source: text().$type<'officer' | 'place' | 'text' | 'staff'>().notNull(),
		state: text().$type<'named' | 'proposed' | 'cleared'>().notNull(),
		/** The person who requested the removal, which a second person has to confirm. */
		removalBy: account(),
		removalReason: text()
	},
	(t) => [primaryKey({ columns: [t.caseId, t.officerId] }), index('case_officers_officer').on(t.officerId)]
);

/** Append-only, enforced by a trigger. The history of a case, one entry per change. */
export const timeline = pgTable(
	'timeline',
	{
		caseId: caseId().notNull(),
		seq: integer().notNull(),
		at: at().notNull(),
		type: text().$type<TimelineType>().notNull(),
		actorKind: text().$type<'reporter' | 'staff' | 'system' | 'lapor'>().notNull(),
		actorId: account(),
		public: boolean().notNull(),
		data: jsonb().$type<Record<string, unknown>>().notNull().default({})
	},
	(t) => [
		primaryKey({ columns: [t.caseId, t.seq] }),
		/** Entries that figures count. */
		index('timeline_counted')
			.on(t.type, t.at, t.caseId)
			.where(sql`type in ('rated', 'archived', 'undelivered')`)
	]
);

export const messages = pgTable(
	'messages',
	{
		id: uuid().primaryKey().defaultRandom(),
		caseId: caseId().notNull(),
		author: text().$type<'reporter' | 'staff' | 'lapor' | 'other'>().notNull(), // other: not the reporter's address
		accountId: account(),
		/** False: an internal note. */
		public: boolean().notNull(),
		body: text().notNull(),
		at: at().notNull(),
		/** Keyed hashes of the form's submission id and content, so that a form sent twice stores one message. */
		submissionHash: text().unique()
	},
	(t) => [index('messages_case').on(t.caseId, t.at)]
);

export const attachments = pgTable(
	'attachments',
	{
		id: uuid().primaryKey(),
		caseId: caseId().notNull(),
		messageId: uuid().references(() => messages.id),
		/** The draft to which the file belongs. Approval moves the file to the answer. */
		approvalId: uuid().references((): AnyPgColumn => approvals.id),
		name: text().notNull(),
		mediaType: text().notNull(),
		bytes: integer().notNull(),
		width: integer(),
		height: integer(),
		sha256: text().notNull(),
		/** The text on the pages of a citizen's PDF, which is stored as pictures. For screen readers and search. */
		text: text(),
		/** Size of the smaller copy for LAPOR; null if the file itself is sent, or no copy is small enough. */
		forwardBytes: integer(),
		/** False: only staff see it (a photo of the paper form, a file of a note or draft). */
		public: boolean().notNull().default(true),
		at: at().notNull()
	},
	(t) => [
		index('attachments_case').on(t.caseId),
		index('attachments_message').on(t.messageId),
		index('attachments_approval')
			.on(t.approvalId)
			.where(sql`approval_id is not null`)
	]
);

/** Drafts of answers and archivings that a second person decides. At most one per case waits. */
export const approvals = pgTable(
	'approvals',
	{
		id: uuid().primaryKey().defaultRandom(),
		caseId: caseId().notNull(),
		kind: text().$type<'answer' | 'archive'>().notNull(),
		/** The answer's text, or the text that the reporter reads about the archiving. */
		body: text().notNull(),
		/** The action of the office; with its day and files it is the evidence of an answer. */
		action: text(),
		actionOn: date(),
		archiveReason: text().$type<ArchiveReason>(),
		duplicateOf: caseId(),
		/** Shared by archivings that one person drafted together, so that they are decided together. */
		wave: uuid(),
		/** null: written by the system, which can't be the second person. */
		authorId: account(),
		/** withdrawn: the case was closed in another way while the draft waited. */
		state: text().$type<'pending' | 'sent_back' | 'approved' | 'withdrawn'>().notNull(),
		at: at().notNull(),
		decidedBy: account(),
		decidedAt: at(),
		reason: text(),
		/** True: no second person was available to sign. Listed for review. */
		singleSignature: boolean().notNull().default(false),
		/** When the supervisors above were notified that this draft waits: after one working day without a decision. */
		passedUpAt: at()
	},
	(t) => [
		index('approvals_duplicate').on(t.duplicateOf),
		// For the sweep of waiting drafts, and the lists of `cases/answers/approval-lists.ts`, each in its own order.
		index('approvals_pending')
			.on(t.at, t.id)
			.where(sql`state = 'pending'`),
		index('approvals_single')
			.on(newestFirst(t.at), newestFirst(t.id))
			.where(sql`single_signature`),
		index('approvals_case').on(t.caseId, t.at),
		uniqueIndex('approvals_one_open')
			.on(t.caseId)
			.where(sql`state in ('pending', 'sent_back')`)
	]
);
