import { bigint, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { DateLocale } from '#lib/calendar/format.ts';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { units } from './units.ts';

const at = () => timestamp({ withTimezone: true, mode: 'date' });

/** E-mail preference of a case's reporter; only if an address was given. The address is in the case, encrypted. */
export const reporterMail = pgTable('reporter_mail', {
	caseId: bigint({ mode: 'number' })
		.primaryKey()
		.references(() => cases.id, { onDelete: 'cascade' }),
	/** The language in which the report was written down. */
	language: text().$type<DateLocale>().notNull(),
	/** Keyed hash of an address that wants no e-mails at all. */
	addressHash: text().notNull(),
	/** Hash of the token in the unsubscribe link of each e-mail. */
	stopHash: text().notNull().unique(),
	/** Since when the reporter wants none of this case. */
	stoppedAt: at(),
	/** Since when the mail server knows no such address: nothing more is written to it. */
	refusedAt: at()
});

/** Addresses whose owner wants no letters from this site, of whichever case. */
export const mailStops = pgTable('mail_stops', {
	addressHash: text().primaryKey(),
	at: at().notNull()
});

/** Kinds of notices that a person reads at the desk only, because they turned their letters off. */
export const mailChoices = pgTable(
	'mail_choices',
	{
		accountId: uuid()
			.notNull()
			.references(() => accounts.id),
		kind: text().notNull()
	},
	(t) => [primaryKey({ columns: [t.accountId, t.kind] })]
);

/** An office's own last line in letters to its reporters, per language; where it has none, that of the office above. */
export const mailClosings = pgTable(
	'mail_closings',
	{
		unitId: uuid()
			.notNull()
			.references(() => units.id),
		language: text().$type<DateLocale>().notNull(),
		body: text().notNull()
	},
	(t) => [primaryKey({ columns: [t.unitId, t.language] })]
);
