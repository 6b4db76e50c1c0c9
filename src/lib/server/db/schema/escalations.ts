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

/** One deliberate forward of a case to LAPOR. Never sent twice unless a person decided so. */
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
		/** The rest of the report as it was confirmed: incident date, institution, ids, identity sealed apart. */
		report: jsonb().$type<Record<string, unknown>>().notNull().default({}),
		withIdentity: boolean().notNull().default(false),
		/** Name, e-mail and phone as they were confirmed, encrypted; only with recorded consent. */
		identitySealed: text(),
		institution: text(),
		purposeReason: text().notNull(),
		/** Reason of the present state: a code of `classify-response.ts` with an excerpt of LAPOR's answer. */
		reasonCode: text(),
		reasonText: text(),
		/** After an unknown outcome: whether "not there" may be chosen. */
		absentOffered: boolean().notNull().default(true),
		laporId: text(),
		laporStatus: text(),
		/** Time of the newest remote news applied; older news changes nothing. */
		laporNewsAt: at(),
		attempts: integer().notNull().default(0),
		nextAttemptAt: at(),
		/** Tries in a row that ended `not_sent`: what the next wait follows from. */
		failures: integer().notNull().default(0),
		/** Since when the row waits to be sent, a person's "not there, send again" counting again; a day of it is `stuck`. */
		waitingSince: at(),
		stuckAt: at(),
		leaseUntil: at(),
		fence: integer().notNull().default(0),
		createStartedAt: at(),
		/** An unknown row's next look-up by reference, where the service has one. */
		nextLookupAt: at(),
		lookups: integer().notNull().default(0),
		/** What a person at the desk is asked to see to, beside the state: a code of `tasks.ts`, and LAPOR's own words. */
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
		// Neither changes with a row's life but for its state: lists are newest first.
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

/** Every call made for an escalation, kept. */
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
		/** Code of `reason.ts`, where it did not go well. */
		reasonCode: text(),
		excerpt: text(),
		/** The number an answer carried, also one that came too late to be applied. */
		laporId: text()
	},
	(t) => [index('escalation_attempts_row').on(t.escalationId, t.id)]
);

/** Files that travel with a report; the remote id is kept so that none is uploaded twice. */
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
	(t) => [primaryKey({ columns: [t.escalationId, t.attachmentId] })]
);

/** What the office or the reporter says after the forward, sent in order. */
export const escalationFollowups = pgTable(
	'escalation_followups',
	{
		id: uuid().primaryKey().defaultRandom(),
		escalationId: escalationId(),
		seq: integer().notNull(),
		/** answer | message | dispute */
		source: text().notNull(),
		/** The timeline entry it repeats, and which piece of it where it is too long for one. */
		eventSeq: integer().notNull(),
		part: integer().notNull().default(1),
		content: text().notNull(),
		/** waiting | sending | sent | unknown | rejected */
		state: text().notNull(),
		attempts: integer().notNull().default(0),
		nextAttemptAt: at(),
		startedAt: at(),
		sentAt: at(),
		/** Its id at LAPOR, where the answer gave one: tells it from the institution's own when it comes back. */
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

/** News from LAPOR, kept as it came. `remoteKey` is its id there, or a hash where it has none. */
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
		/** A follow-up of ours that came back. */
		own: boolean().notNull().default(false),
		/** Files that came with it, as links to LAPOR where it gave any. */
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
