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
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import type {
	DestructionState,
	KeptReason,
	PartCount,
	RetentionKind,
	RetentionPart,
	Witness
} from '#lib/privacy/retention.ts';
import { accounts } from './accounts.ts';
import { at, caseId } from './columns.ts';
import { unitId, units } from './units.ts';

const account = () => uuid().references(() => accounts.id);

/** How long each part of each kind of case is kept, with its legal basis. Valid for the whole installation. */
export const retentionRules = pgTable(
	'retention_rules',
	{
		part: text().$type<RetentionPart>().notNull(),
		kind: text().$type<RetentionKind>().notNull(),
		/** Counted from the closing of the case, or from the day of the row. */
		months: integer().notNull(),
		basis: text().notNull(),
		/** Code of the agency's retention schedule. Without it the part is never proposed. */
		jraCode: text(),
		/** True until an administrator of the root unit confirms the rule. */
		suggested: boolean().notNull().default(true),
		version: integer().notNull().default(1)
	},
	(t) => [primaryKey({ columns: [t.part, t.kind] })]
);

/**
 * One destruction, from the proposal to the record of destruction. At most one per root unit is open. Who made each
 * step is in the audit log.
 */
export const destructions = pgTable(
	'destructions',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** The root unit. Its administrators decide about the data of every unit below it. */
		unitId: unitId(),
		year: integer().notNull(),
		number: integer().notNull(),
		state: text().$type<DestructionState>().notNull(),
		proposedAt: at().notNull(),
		decreeNumber: text(),
		decreeOn: date(),
		/** What the dry run counted. */
		dryRun: jsonb().$type<Partial<Record<RetentionPart, PartCount>>>(),
		recordNumber: text(),
		recordOn: date(),
		legalWitness: jsonb().$type<Witness>(),
		supervisionWitness: jsonb().$type<Witness>(),
		/** Two different accounts confirm. */
		firstBy: account(),
		firstAt: at(),
		secondBy: account(),
		secondAt: at(),
		carriedOutAt: at(),
		cancelReason: text(),
		version: integer().notNull().default(1)
	},
	(t) => [
		uniqueIndex('destructions_number').on(t.unitId, t.year, t.number),
		uniqueIndex('destructions_one_open')
			.on(t.unitId)
			.where(sql`state not in ('carried_out', 'cancelled')`)
	]
);

/** What a destruction proposes. The period of each item has passed; `kept` says why it stays nevertheless. */
export const destructionItems = pgTable(
	'destruction_items',
	{
		destructionId: uuid()
			.notNull()
			.references(() => destructions.id),
		part: text().$type<RetentionPart>().notNull(),
		/** The id of the case, visit, rating, entry or subscription, as text. */
		subjectId: text().notNull(),
		kind: text().$type<RetentionKind>().notNull(),
		/** The office; null for entries of the log that belong to none. */
		unitId: uuid().references(() => units.id),
		receivedAt: at().notNull(),
		/** From when the period counts: the closing of the case, or the moment of the row. */
		endedAt: at().notNull(),
		/** The rule by which the item was proposed. */
		months: integer().notNull(),
		jraCode: text().notNull(),
		kept: text().$type<KeptReason>(),
		/** Why a person left the item out. */
		keptReason: text(),
		destroyedAt: at()
	},
	(t) => [
		primaryKey({ columns: [t.destructionId, t.part, t.subjectId] }),
		// Items that the job still has to destroy.
		index('destruction_items_waiting')
			.on(t.destructionId, t.part, t.subjectId)
			.where(sql`kept is null and destroyed_at is null`)
	]
);

/** Cases that are kept out of every destruction. Their timelines say who decided it, when and why. */
export const legalHolds = pgTable('legal_holds', { caseId: caseId().primaryKey() });

/**
 * What stays of destroyed data. Append-only, enforced by a trigger. A subject that is destroyed again, because a later
 * message brought a sender or files, has one for each destruction.
 */
export const tombstones = pgTable(
	'tombstones',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		part: text().$type<RetentionPart>().notNull(),
		kind: text().$type<RetentionKind>().notNull(),
		subjectId: text().notNull(),
		/** The number of the case; null for parts that belong to no case. */
		reference: text(),
		receivedAt: at(),
		closedAt: at(),
		destroyedAt: at().notNull(),
		/** The rule under which it was destroyed. */
		months: integer().notNull(),
		jraCode: text().notNull(),
		/** Not a reference: a restored backup can be older than the destruction. So the decree is here too. */
		destructionId: uuid().notNull(),
		decreeNumber: text().notNull(),
		decreeOn: date().notNull()
	},
	(t) => [
		uniqueIndex('tombstones_subject').on(t.part, t.subjectId, t.destructionId),
		index('tombstones_destruction').on(t.destructionId)
	]
);
