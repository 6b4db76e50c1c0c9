import { sql } from 'drizzle-orm';
import { boolean, date, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { accountId, at } from './columns.ts';
import { unitId } from './units.ts';

/** `id` is the SHA-256 of the session id that the browser holds. */
export const sessions = pgTable(
	'sessions',
	{
		id: text().primaryKey(),
		accountId: accountId({ onDelete: 'cascade' }),
		/** Seven days after it was last used. */
		expiresAt: at().notNull(),
		/** Browser and system, for the owner's list of devices. */
		device: text().notNull().default(''),
		/** When the owner last typed the password, and the code if the account has a second factor. */
		confirmedAt: at().notNull().defaultNow()
	},
	(t) => [index('sessions_account').on(t.accountId), index('sessions_expiry').on(t.expiresAt)]
);

/** Codes of an authenticator app (TOTP, RFC 6238) that an account needs besides its password. */
export const secondFactors = pgTable('second_factors', {
	accountId: accountId({ onDelete: 'cascade' }).primaryKey(),
	/** Base32, encrypted under APP_KEY. */
	secret: text().notNull(),
	/** Set-up began. Until 15 minutes later the page shows the secret and accepts the first code. */
	startedAt: at().notNull().defaultNow(),
	/** Null: the app was not confirmed with a code yet, so sign-in does not ask for one. */
	enrolledAt: at(),
	/** The latest 30-second step of which a code was accepted. No code of it or of an earlier step is accepted again. */
	lastStep: integer().notNull().default(0),
	/** Keyed hashes of the unused recovery codes. */
	recoveryHashes: text().array().notNull().default([])
});

/** The identity at the provider of single sign-on by which an account can sign in. */
export const providerIdentities = pgTable(
	'provider_identities',
	{
		accountId: accountId({ onDelete: 'cascade' }).primaryKey(),
		issuer: text().notNull(),
		subject: text().notNull(),
		linkedAt: at().notNull()
	},
	(t) => [unique('provider_identities_subject').on(t.issuer, t.subject)]
);

/**
 * Roles of acting heads (Plh, Plt) from one day to another. While one lasts, `roles` has its row. A row is kept after its
 * end, because letters name its order.
 */
export const actingRoles = pgTable(
	'acting_roles',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: accountId({ onDelete: 'cascade' }),
		unitId: unitId(),
		role: text().notNull(),
		/** plh | plt */
		kind: text().notNull(),
		/** Number of the order that appoints the person. */
		order: text('order_number').notNull(),
		/** First and last day in the office's time zone. `startsAt` and `endsAt` are their beginning and end. */
		fromDay: date().notNull(),
		toDay: date().notNull(),
		startsAt: at().notNull(),
		endsAt: at().notNull(),
		begunAt: at(),
		/** When it ended, by date or by revocation. */
		endedAt: at()
	},
	(t) => [
		index('acting_roles_account').on(t.accountId),
		index('acting_roles_open')
			.on(t.endsAt)
			.where(sql`ended_at is null`)
	]
);

/** handler | supervisor | manager | admin, in one unit and the units below it. */
export const roles = pgTable(
	'roles',
	{
		accountId: accountId({ onDelete: 'cascade' }),
		unitId: unitId(),
		role: text().notNull(),
		/** The acting role that gives this role and ends with it. null: a permanent role. */
		actingId: uuid().references(() => actingRoles.id)
	},
	(t) => [primaryKey({ columns: [t.accountId, t.unitId, t.role] }), index('roles_unit').on(t.unitId)]
);

/**
 * First and last day of an absence. Meanwhile the deputy gets the cases that the absent person would get.
 */
export const absences = pgTable(
	'absences',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: accountId({ onDelete: 'cascade' }),
		fromDay: date().notNull(),
		toDay: date().notNull(),
		deputyId: uuid().references(() => accounts.id, { onDelete: 'set null' }),
		/** When somebody other than the absent person entered it. Null: the person did. */
		enteredByOtherAt: at()
	},
	(t) => [index('absences_account').on(t.accountId), index('absences_deputy').on(t.deputyId)]
);

/** One-time links for setting a password; stored as hashes. */
export const passwordLinks = pgTable('password_links', {
	tokenHash: text().primaryKey(),
	accountId: accountId({ onDelete: 'cascade' }),
	/** The only address that received the link. null: the link was shown on a screen or printed. */
	mailedTo: text(),
	expiresAt: at().notNull(),
	usedAt: at()
});

/** API tokens, stored as hashes. A token acts for its account inside one unit's subtree. */
export const apiTokens = pgTable('api_tokens', {
	id: uuid().primaryKey().defaultRandom(),
	tokenHash: text().notNull().unique(),
	name: text().notNull(),
	accountId: uuid().references(() => accounts.id, { onDelete: 'cascade' }),
	unitId: unitId(),
	scopes: text().array().notNull(),
	/**
	 * True: the token was shown to its creator but is not valid until a supervisor approves it or 24 hours pass
	 * (`access_changes`).
	 */
	waiting: boolean().notNull().default(false),
	createdAt: at().notNull().defaultNow(),
	revokedAt: at()
});

/** The points of rate limits that were taken. Keys are keyed hashes, never addresses. */
export const rateLimits = pgTable('rate_limits', {
	key: text().primaryKey(),
	points: integer().notNull().default(0),
	expire: at()
});
