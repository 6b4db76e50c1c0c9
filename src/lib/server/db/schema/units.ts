import { sql } from 'drizzle-orm';
import {
	type AnyPgColumn,
	boolean,
	date,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	smallint,
	text,
	timestamp,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import type { Weekday } from '#lib/calendar/days.ts';
import type { WorkdayHours } from '#lib/calendar/workday-hours.ts';
import type { ServiceStandard } from '#lib/cases/service-standard.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import type { DeviceKey, KioskMode } from '#lib/ratings/kiosk.ts';
import { accounts } from './accounts.ts';

const at = () => timestamp({ withTimezone: true });
const required = (id: () => AnyPgColumn) => uuid().notNull().references(id);

// References to the tables of this file, which most other tables have.
export const unitId = () => required(() => units.id);
export const officerId = () => required(() => officers.id);
export const placeId = () => required(() => places.id);

/** Where citizens see a link: beside a report about integrity, above the request for information, on the office page. */
export const LINK_PURPOSES = ['integrity', 'request', 'office_page'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** A page of another site, with its name and what it is for in both languages. */
export interface OfficeLink {
	name: string;
	nameEn: string;
	text?: string;
	textEn?: string;
	url: string;
}

/** Offices. `path` is the chain of ids from the root, `/root/…/self/`, so that a subtree is one prefix. */
export const units = pgTable(
	'units',
	{
		id: uuid().primaryKey().defaultRandom(),
		code: text().notNull().unique(),
		slug: text().notNull().unique(),
		name: text().notNull(),
		parentId: uuid().references((): AnyPgColumn => units.id),
		path: text().notNull(),
		timeZone: text().notNull().default('Asia/Makassar'),
		hours: jsonb().$type<WorkdayHours>().notNull(),
		accent: text().notNull().default('#0b5cad'),
		/** PNG in the file store; null: the logo of the nearest unit above (server/people/units/logo.ts). */
		logo: jsonb().$type<{ key: string; hash: string; width: number; height: number }>(),
		address: text(),
		phone: text(),
		whatsapp: text(),
		email: text(),
		website: text(),
		responsible: text(),
		/** The unit's head. Cases about this officer are handled by the parent unit. */
		headOfficerId: uuid(),
		/**
		 * Personal data: the account that gets requests, and the person or function that citizens read on /privasi with
		 * how to reach them. Empty: as the nearest unit above (server/privacy/notice/responsible.ts).
		 */
		privacyAccountId: uuid().references((): AnyPgColumn => accounts.id),
		privacyName: text(),
		privacyContact: text(),
		recordAllAtLapor: boolean().notNull().default(false),
		/**
		 * Ids that LAPOR requires for this office: channel, user, location, category …. Missing ones are taken from the
		 * parent.
		 */
		laporIds: jsonb().$type<Record<string, string>>().notNull().default({}),
		/** Pages of other sites, in order. A missing purpose is shown as the parent shows it; an empty list shows none. */
		links: jsonb().$type<Partial<Record<LinkPurpose, OfficeLink[]>>>().notNull().default({}),
		/** Pages that the office does not use and that its people do not find in the menu. */
		guestBookHidden: boolean().notNull().default(false),
		inboundHidden: boolean().notNull().default(false),
		/** Citizens choose a score by faces; otherwise by stars. */
		ratingFaces: boolean().notNull().default(false),
		/**
		 * new: never opened to the public · trial: its staff practise (server/people/units/trial.ts) · open · closed: was open.
		 * A person opens it (server/insight/open-to-public.ts). A trigger refuses all other changes.
		 */
		state: text().$type<'new' | 'trial' | 'open' | 'closed'>().notNull().default('new'),
		version: integer().notNull().default(1)
	},
	(t) => [index('units_path').on(t.path.op('text_pattern_ops')), index('units_parent').on(t.parentId)]
);

/** People who are rated. An officer may have an account. */
export const officers = pgTable(
	'officers',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		name: text().notNull(),
		position: text(),
		/** Other names of the officer, which are searched for in reports too. */
		nicknames: text().array().notNull().default([]),
		/**
		 * An account has at most one active record. It keeps the records of its person's former offices, so that the cases that
		 * name them stay hidden.
		 */
		accountId: uuid().references((): AnyPgColumn => accounts.id),
		/** Storage key of the cropped portrait, square, re-encoded. */
		photoKey: text(),
		/** Since when the officer allows that citizens see the photo; null without consent (`consents`). */
		photoConsentAt: at(),
		active: boolean().notNull().default(true)
	},
	(t) => [
		index('officers_unit').on(t.unitId),
		index('officers_account').on(t.accountId),
		uniqueIndex('officers_active_account')
			.on(t.accountId)
			.where(sql`account_id is not null and active`)
	]
);

export const services = pgTable(
	'services',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		/** library | consultation | product_sales | recommendation | other */
		kind: text().$type<ServiceKind>().notNull(),
		name: text().notNull(),
		nameEn: text().notNull(),
		standard: jsonb().$type<ServiceStandard>(),
		active: boolean().notNull().default(true)
	},
	(t) => [uniqueIndex('services_unit_kind').on(t.unitId, t.kind)]
);

/** Boxes, desks, kiosks and posters with a printed code. A withdrawn code is never used again. */
export const places = pgTable(
	'places',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		code: text().notNull().unique(),
		/** box | desk | kiosk | poster */
		kind: text().notNull(),
		name: text().notNull(),
		officerId: uuid().references(() => officers.id),
		sheetNo: integer().notNull().default(1),
		createdAt: at().notNull().defaultNow(),
		withdrawnAt: at(),
		replacedBy: uuid().references((): AnyPgColumn => places.id)
	},
	(t) => [index('places_unit').on(t.unitId), index('places_officer').on(t.officerId)]
);

/** Number of scans per day. No time of day is stored, so that nobody can be recognised by it. */
export const placeScans = pgTable(
	'place_scans',
	{
		placeId: placeId(),
		day: date().notNull(),
		count: integer().notNull().default(0)
	},
	(t) => [primaryKey({ columns: [t.placeId, t.day] })]
);

/** Devices at a place. A link pairs one device once; the device stores an encrypted cookie. */
export const kiosks = pgTable(
	'kiosks',
	{
		id: uuid().primaryKey().defaultRandom(),
		/**
		 * The number by which people call the device. Unique in the installation, never reused, and unchanged when the
		 * place's code is renewed.
		 */
		number: integer().notNull().generatedAlwaysAsIdentity(),
		placeId: placeId(),
		tokenHash: text().notNull().unique(),
		linkExpiresAt: at().notNull(),
		pairedAt: at(),
		withdrawnAt: at(),
		/** tablet: takes ratings · display: shows the code of the visit just closed */
		mode: text().$type<KioskMode>().notNull().default('tablet'),
		/** The desk whose visits it shows, or whose officer it asks about; null: the office. */
		deskId: uuid().references(() => places.id),
		/** PIN for leaving the kiosk's page; argon2id. */
		pinHash: text().notNull(),
		/** The device's own public key (JWK). The device signs ratings with it that it stores while offline. Set once. */
		publicKey: jsonb().$type<DeviceKey>(),
		seenAt: at()
	},
	(t) => [index('kiosks_place').on(t.placeId), index('kiosks_desk').on(t.deskId)]
);

/**
 * Who is on duty at a desk: every week on a weekday, or on a single day, which takes precedence. Times are in the
 * unit's time zone.
 */
export const rosterShifts = pgTable(
	'roster_shifts',
	{
		id: uuid().primaryKey().defaultRandom(),
		placeId: placeId(),
		officerId: officerId(),
		/** 1 Monday … 7 Sunday; null if `day` is set. */
		weekday: smallint().$type<Weekday>(),
		day: date(),
		/** HH:MM */
		startsAt: text().notNull(),
		endsAt: text().notNull()
	},
	(t) => [index('roster_shifts_place').on(t.placeId), index('roster_shifts_officer').on(t.officerId)]
);
