import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { PersonCheck, RequestKind, RequestState, RequestWay } from '#lib/privacy/requests.ts';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { at } from './columns.ts';
import { unitId } from './units.ts';

/** Requests of people about their personal data (UU 27/2022): the register, and the deadline of each. */
export const dataRequests = pgTable(
	'data_requests',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** `PD-1203-2026-0001`, without gaps per office and year. */
		number: text().notNull().unique(),
		/** The office that received it and gave its number. About a case, the case's handling unit answers. */
		unitId: unitId(),
		/** Null for an officer's own request, and for a person who has no case here. */
		caseId: bigint({ mode: 'number' }).references(() => cases.id),
		/** The officer whose data it is about, if an officer asks. */
		accountId: uuid().references(() => accounts.id),
		kind: text().$type<RequestKind>().notNull(),
		via: text().$type<RequestWay>().notNull(),
		/** The person's words, and a new contact or a person without a case, as encrypted JSON (`RequestContent`). */
		contentSealed: text().notNull(),
		/** How staff checked the person at the counter. No copy of a document is stored. */
		personCheck: text().$type<PersonCheck>(),
		checkNote: text(),
		recordedBy: uuid().references(() => accounts.id),
		receivedAt: at().notNull(),
		dueAt: at().notNull(),
		/** `confirming`: a new contact that the current contact has not confirmed yet. */
		state: text().$type<RequestState>().notNull(),
		/** Hash of the one-time link that was sent to the current e-mail address. */
		confirmHash: text().unique(),
		/** Article that allows a refusal; required if the request is refused. */
		ground: text(),
		/** The reporter reads it; required if the request is refused. */
		reason: text(),
		decidedBy: uuid().references(() => accounts.id),
		decidedAt: at(),
		/** Keyed hash of the form's submission id and of its content, so that a form sent twice makes one request. */
		submissionHash: text().notNull().unique(),
		contentHash: text().notNull(),
		version: integer().notNull().default(1)
	},
	(t) => [
		/** For the lists of decided requests. */
		index('data_requests_decided').on(t.decidedAt, t.id),
		index('data_requests_unit').on(t.unitId, t.state),
		index('data_requests_account')
			.on(t.accountId)
			.where(sql`account_id is not null`),
		index('data_requests_case')
			.on(t.caseId)
			.where(sql`case_id is not null`),
		/** For the list of waiting requests, and the sweep that runs every minute. */
		index('data_requests_waiting')
			.on(t.dueAt)
			.where(sql`state in ('confirming', 'open')`),
		/** One open request of a kind per case. */
		uniqueIndex('data_requests_one_open')
			.on(t.caseId, t.kind)
			.where(sql`state in ('confirming', 'open')`)
	]
);
