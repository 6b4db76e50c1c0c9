import { z } from 'zod';
import { ACTING, ROLES, SCOPES } from '#lib/cases/vocabulary.ts';
import { consent, moment, request } from './case-copy.ts';

// Moments are ISO 8601 in UTC, days `YYYY-MM-DD`.

const account = z.object({
	username: z.string(),
	name: z.string(),
	email: z.string().nullable(),
	/** The address that the person is known to read. */
	proven_email: z.string().nullable(),
	active: z.boolean(),
	created_at: moment,
	/** When the account was last used, to the hour. */
	used_at: moment.nullable(),
	has_password: z.boolean(),
	/** Since when sign-in asks for a code. */
	second_factor_since: moment.nullable(),
	emails_switched_off: z.array(z.string()),
	roles: z.array(z.object({ role: z.enum(ROLES), office: z.string() })),
	/** Terms as acting head (Plh, Plt), also past ones. */
	acting_roles: z.array(
		z.object({
			role: z.enum(ROLES),
			office: z.string(),
			kind: z.enum(ACTING),
			order: z.string(),
			from: z.string(),
			to: z.string()
		})
	),
	/** The linked identity at the identity provider. */
	single_sign_on: z.object({ issuer: z.string(), subject: z.string(), linked_at: moment }).nullable(),
	sessions: z.array(z.object({ device: z.string(), expires_at: moment })),
	/** Devices that get notices. */
	notice_devices: z.array(
		z.object({ device: z.string().nullable(), created_at: moment, last_sent_at: moment.nullable() })
	),
	/** Requests about the data, with what the person wrote. */
	requests: z.array(request),
	tokens: z.array(
		z.object({
			name: z.string(),
			scopes: z.array(z.enum(SCOPES)),
			created_at: moment,
			revoked_at: moment.nullable()
		})
	),
	absences: z.array(z.object({ from: z.string(), to: z.string() })),
	/** Entries of the audit log about the account and the officer records. */
	log: z.array(z.object({ at: moment, action: z.string(), by_account: z.boolean() }))
});

const officer = z.object({
	name: z.string(),
	position: z.string().nullable(),
	office: z.string(),
	active: z.boolean(),
	has_photo: z.boolean(),
	/** The portrait, a JPEG in base64. */
	photo: z.string().nullable(),
	photo_consents: z.array(consent),
	/** Names that are searched for in reports, so that a report about the officer is hidden from the officer. */
	searched_names: z.array(z.string()),
	shifts: z.array(
		z.object({
			place: z.string(),
			/** 1 Monday … 7 Sunday; null if `day` is set. */
			weekday: z.number().nullable(),
			day: z.string().nullable(),
			starts_at: z.string(),
			ends_at: z.string()
		})
	),
	visits: z.array(z.object({ year: z.number(), count: z.number() })),
	questions: z.array(z.object({ question: z.string(), answer: z.string().nullable() })),
	reports: z.object({ as_of: z.string(), open: z.number(), answered: z.number(), archived: z.number() }),
	ratings: z.object({
		counted: z.number(),
		distribution: z.array(z.number()),
		range: z.object({ mean: z.number(), low: z.number(), high: z.number() }).nullable(),
		comments: z.array(z.array(z.object({ text: z.string() }))),
		objections: z.array(
			z.object({ comment: z.string(), words: z.string(), state: z.string(), answer: z.string().nullable() })
		)
	})
});

/**
 * What is held about a person who works at an office: the shape of `data-saya.json`. A change that removes or renames a
 * value counts `version` up. `ownData` parses its result with this schema, so a value that is not named here never
 * leaves the site.
 */
export const ownDataSchema = z.object({
	format: z.literal('spatula-own-data'),
	version: z.literal(1),
	made_at: moment,
	time_zone: z.string(),
	account,
	/** null: the account has no officer record. The questions are those to all records of the person. */
	officer: officer.nullable(),
	/** The records of the person at the offices where they were before. */
	former_officers: z.array(officer.omit({ questions: true }))
});

export type OwnData = z.output<typeof ownDataSchema>;
