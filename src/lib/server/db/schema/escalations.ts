import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import type { EscalationMode, EscalationPurpose, EscalationState } from '#lib/cases/vocabulary.ts';
import { accounts } from './accounts.ts';
import { attachments } from './cases.ts';
import { at, caseId } from './columns.ts';

/** One forward of a case to LAPOR. Sent again only if a person decides so. */
export const escalations = pgTable(
	'escalations',
	{
		id: uuid().primaryKey().defaultRandom(),
		caseId: caseId(),
		nn: integer().notNull(),
		reference: text().notNull().unique(),
		mode: text().$type<EscalationMode>().notNull(),
		purpose: text().$type<EscalationPurpose>().notNull(),
		state: text().$type<EscalationState>().notNull(),
		title: text().notNull(),
		content: text().notNull(),
		/**
		 * Other values of the report as confirmed: incident date, institution, ids. The identity is encrypted in its own
		 * column.
		 */
		report: jsonb().$type<Record<string, unknown>>().notNull().default({}),
		withIdentity: boolean().notNull().default(false),
		/** Name, e-mail and phone as confirmed, and as the case had them then, encrypted; only with recorded consent. */
		identitySealed: text(),
		institution: text(),
		purposeReason: text().notNull(),
		/** Reason of the present state: a code of `words/forward.ts`, with an excerpt of LAPOR's response. */
		reasonCode: text(),
		reasonText: text(),
		/** After an unknown outcome: whether staff may choose "not there". */
		absentOffered: boolean().notNull().default(true),
		laporId: text(),
		laporStatus: text(),
		/** Time of the newest update of LAPOR that was applied. Older updates are not applied. */
		laporNewsAt: at(),
		attempts: integer().notNull().default(0),
		nextAttemptAt: at(),
		/** Attempts in a row that ended `not_sent`. The delay before the next attempt depends on them. */
		failures: integer().notNull().default(0),
		/**
		 * Since when the row waits to be sent. It starts again when a person chooses "not there, send again". After a day
		 * of waiting the row is `stuck`.
		 */
		waitingSince: at(),
		stuckAt: at(),
		leaseUntil: at(),
		fence: integer().notNull().default(0),
		createStartedAt: at(),
		/** Next look-up of an unknown row by its reference, if the service offers look-ups. */
		nextLookupAt: at(),
		lookups: integer().notNull().default(0),
		/** A task for a person at the desk, beside the state: a code of `words/forward.ts`, with LAPOR's own words. */
		task: text(),
		taskText: text(),
		taskAt: at(),
		createdAt: at().notNull(),
		createdBy: uuid().references(() => accounts.id),
		sentAt: at(),
		closedAt: at(),
		nextPollAt: at(),
		polledAt: at(),
		updatedAt: at().notNull(),
		version: integer().notNull().default(1)
	},
	(t) => [
		uniqueIndex('escalations_case_nn').on(t.caseId, t.nn),
		uniqueIndex('escalations_one_open')
			.on(t.caseId)
			.where(sql`state not in ('rejected', 'closed')`),
		// Lists are newest first. A row changes its place in these indexes only with its state.
		index('escalations_state').on(t.state, t.createdAt, t.id),
		index('escalations_newest').on(t.createdAt, t.id),
		index('escalations_sent')
			.on(t.sentAt)
			.where(sql`sent_at is not null`),
		index('escalations_due')
			.on(t.nextAttemptAt)
			.where(sql`state in ('waiting', 'stuck', 'sending')`),
		index('escalations_poll')
			.on(t.nextPollAt)
			.where(sql`next_poll_at is not null`),
		index('escalations_lookup')
			.on(t.nextLookupAt)
			.where(sql`next_lookup_at is not null`),
		index('escalations_task')
			.on(t.taskAt)
			.where(sql`task is not null`),
		index('escalations_quiet')
			.on(sql`coalesce(lapor_news_at, sent_at)`)
			.where(sql`state = 'sent'`),
		index('escalations_lapor').on(t.laporId)
	]
);

const escalationId = () =>
	uuid()
		.notNull()
		.references(() => escalations.id);

/** Log of every call to LAPOR for an escalation. */
export const escalationAttempts = pgTable(
	'escalation_attempts',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		escalationId: escalationId(),
		/** upload | create | lookup | followup | detail | followups */
		step: text().notNull(),
		fence: integer().notNull(),
		startedAt: at().notNull(),
		durationMs: integer(),
		outcome: text(),
		httpStatus: integer(),
		/** Code of `words/forward.ts` if the call failed. */
		reasonCode: text(),
		excerpt: text(),
		/** The LAPOR number in the response, even if the response came too late to be applied. */
		laporId: text()
	},
	(t) => [index('escalation_attempts_row').on(t.escalationId, t.id)]
);

/** Files that are forwarded with a report. The remote id is stored, so that no file is uploaded twice. */
export const escalationFiles = pgTable(
	'escalation_files',
	{
		escalationId: escalationId(),
		attachmentId: uuid()
			.notNull()
			.references(() => attachments.id),
		remoteId: text(),
		leftOut: text()
	},
	(t) => [
		primaryKey({ columns: [t.escalationId, t.attachmentId] }),
		index('escalation_files_attachment').on(t.attachmentId)
	]
);

/** Messages of the office or the reporter after the forward, sent in order. */
export const escalationFollowups = pgTable(
	'escalation_followups',
	{
		id: uuid().primaryKey().defaultRandom(),
		escalationId: escalationId(),
		seq: integer().notNull(),
		/** answer | message | dispute */
		source: text().notNull(),
		/** The timeline entry with this message, and the number of the piece if the message is too long for one. */
		eventSeq: integer().notNull(),
		part: integer().notNull().default(1),
		content: text().notNull(),
		/** waiting | sending | sent | unknown | rejected */
		state: text().notNull(),
		attempts: integer().notNull().default(0),
		nextAttemptAt: at(),
		startedAt: at(),
		sentAt: at(),
		/**
		 * Its id at LAPOR, if the response had one. It tells this follow-up from the institution's own when polling
		 * returns it.
		 */
		remoteId: text(),
		reasonCode: text(),
		reasonText: text(),
		createdAt: at().notNull()
	},
	(t) => [
		uniqueIndex('escalation_followups_seq').on(t.escalationId, t.seq),
		uniqueIndex('escalation_followups_once').on(t.escalationId, t.eventSeq, t.part),
		index('escalation_followups_due')
			.on(t.escalationId)
			.where(sql`state in ('waiting', 'sending')`)
	]
);

/** Updates from LAPOR as received. `remoteKey` is the update's id there, or a hash if it has none. */
export const escalationUpdates = pgTable(
	'escalation_updates',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		escalationId: escalationId(),
		remoteKey: text().notNull(),
		/** status | followup | log */
		kind: text().notNull(),
		at: at().notNull(),
		statusName: text(),
		content: text(),
		author: text(),
		/** True: a follow-up of this site that polling returned. */
		own: boolean().notNull().default(false),
		/** Files of the update, with links to LAPOR if it gave any. */
		attachments: jsonb().$type<{ name: string; url?: string }[]>().notNull().default([]),
		raw: jsonb().notNull(),
		receivedAt: at().notNull(),
		appliedAt: at(),
		needsMapping: boolean().notNull().default(false)
	},
	(t) => [
		uniqueIndex('escalation_updates_once').on(t.escalationId, t.remoteKey),
		index('escalation_updates_mapping')
			.on(t.statusName)
			.where(sql`needs_mapping`)
	]
);
