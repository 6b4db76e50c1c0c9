import { z } from 'zod';
import { DESCRIBED, textOrNumber } from '#lib/cases/schema.ts';
import {
	ARCHIVE_REASONS,
	CASE_CLASSES,
	CASE_KINDS,
	CASE_STATUSES,
	CATEGORIES,
	CHANNELS,
	CLOCK_NAMES,
	ESCALATION_PURPOSES,
	ESCALATION_STATES,
	IDENTITIES,
	PRIORITIES,
	SCOPES,
	SERVICE_KINDS
} from '#lib/cases/vocabulary.ts';
import { nameField } from '#lib/server/people/form-fields.ts';
import { RATING_TAGS } from '#lib/ratings/vocabulary.ts';

const time = z.iso.datetime({ offset: true });
const named = z.object({ id: z.string(), name: z.string() });
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next_cursor: z.string().nullable() });

export const problemResponse = z
	.object({
		type: z.string(),
		title: z.string(),
		status: z.int(),
		detail: z.string().optional(),
		code: z
			.enum(['stale', 'invalid-move', 'submission-reused', 'office-closed'])
			.optional()
			.describe(
				'stale: the case was changed meanwhile. invalid-move: its status does not allow the call. submission-reused: ' +
					'the submission_id belongs to other content. office-closed: the office is not open to the public.'
			),
		present: z
			.object({ status: z.string().optional(), version: z.int().optional() })
			.optional()
			.describe('The present status and version of the case'),
		errors: z.array(z.object({ path: z.string(), message: z.string(), code: z.string() })).optional()
	})
	.meta({ id: 'Problem' });

export const ratingResponse = z.object({ id: z.string(), verified: z.boolean() });
export const visitResponse = z.object({ id: z.string(), rating_url: z.url(), expires_at: time });
export const openedResponse = z.object({ reference: z.string(), receipt: z.string(), due_at: time.nullable() });

const escalationShort = z.object({
	id: z.string(),
	nn: z.int().describe('Number of the forward within its case'),
	reference: z.string(),
	mode: z.enum(['manual', 'api']),
	purpose: z.enum(ESCALATION_PURPOSES),
	state: z.enum(ESCALATION_STATES),
	lapor_id: z.string().nullable(),
	lapor_status: z.string().nullable()
});

export const escalationResponse = escalationShort
	.extend({
		case: z.string(),
		attempts: z.int(),
		next_attempt_at: time.nullable(),
		reason: z.string().nullable(),
		updated_at: time
	})
	.meta({ id: 'Escalation' });
export const escalationList = list(escalationResponse);

const clock = z.object({
	name: z.enum(CLOCK_NAMES),
	due_at: time.nullable(),
	days: z.int(),
	day_unit: z.enum(['working', 'calendar']),
	basis: z.string(),
	state: z.enum(['running', 'paused', 'met', 'stopped']),
	late: z.boolean(),
	met_at: time.nullable(),
	provisional: z.boolean(),
	skipped: z.array(
		z.object({
			date: z.iso.date(),
			why: z.enum(['weekend', 'national_holiday', 'joint_leave', 'paused', 'rolled_back']),
			name: z.string()
		})
	)
});

/** A text of the report. */
const reportText = z.string().nullable().describe('null while processing is restricted at the reporter’s request');

const unit = z.object({ code: z.string(), slug: z.string(), name: z.string() });

export const caseResponse = z
	.object({
		reference: z.string(),
		kind: z.enum(CASE_KINDS),
		title: reportText,
		body: reportText,
		requested_solution: reportText,
		status: z.enum(CASE_STATUSES),
		version: z.int(),
		unit,
		category: z.enum(CATEGORIES).nullable(),
		class: z.enum(CASE_CLASSES),
		priority: z.enum(PRIORITIES),
		channel: z.enum(CHANNELS),
		identity: z.enum(IDENTITIES),
		secret: z.boolean().describe('true: the report must not be published'),
		consent_lapor: z.boolean().describe('true: a forward to LAPOR may contain the reporter’s identity'),
		officer: named.nullable(),
		assignee: named.nullable(),
		received_at: time,
		due_at: time.nullable(),
		archive_reason: z.enum(ARCHIVE_REASONS).nullable(),
		clocks: z.array(clock),
		answer: z
			.object({ state: z.enum(['pending', 'sent_back']), author: z.string(), at: time })
			.nullable()
			.describe('The draft that waits for a second person, or that was sent back'),
		attachments: z.array(z.object({ id: z.string(), media_type: z.string(), bytes: z.int(), url: z.string() })),
		escalations: z.array(escalationShort)
	})
	.meta({ id: 'Case' });

/** The case, or only its number, status and version if the change hid the case from the account. */
export const changedResponse = z.union([
	caseResponse,
	caseResponse.pick({ reference: true, status: true, version: true })
]);

/** The case, or only its number if the account that opened the report may not see it. */
export const attachedResponse = z.union([caseResponse, caseResponse.pick({ reference: true })]);

export const caseList = list(
	caseResponse.pick({
		reference: true,
		kind: true,
		title: true,
		status: true,
		version: true,
		unit: true,
		category: true,
		class: true,
		priority: true,
		channel: true,
		assignee: true,
		received_at: true,
		due_at: true
	})
);

export const timelineResponse = list(
	z.object({
		seq: z.int(),
		at: time,
		type: z.string(),
		actor: z.string(),
		public: z.boolean(),
		data: z
			.record(z.string(), z.unknown())
			.describe(
				'`body` is the text of a message, `changes` the values of a correction, `comment` the reporter’s words about a ' +
					'score. They are null while processing is restricted at the reporter’s request'
			)
	})
);

const ratingCount = z.int().describe('Number of ratings');

export const leaderboardResponse = z.object({
	method: z.object({ minimum: z.int(), prior_weight: z.number() }),
	items: z.array(
		z.object({
			officer: named,
			n: ratingCount,
			mean: z
				.number()
				.describe('Mean moved towards the mean of the office by `prior_weight`. Not the plain mean of `distribution`'),
			low: z.number().describe('Lower bound of the 95 % interval of `mean`'),
			high: z.number().describe('Upper bound of the 95 % interval of `mean`'),
			rank: z
				.tuple([z.int(), z.int()])
				.nullable()
				.describe('First and last possible rank. null if fewer than five officers are listed'),
			verified_share: z.number(),
			distribution: z.tuple([z.int(), z.int(), z.int(), z.int(), z.int()])
		})
	),
	insufficient: z.array(z.object({ officer: named, n: ratingCount }))
});

export const unitList = list(
	unit.extend({
		id: z.string(),
		parent: z.string().nullable(),
		time_zone: z.string(),
		state: z
			.enum(['new', 'trial', 'open', 'closed'])
			.describe('Only an open office takes reports, visits and ratings. Otherwise: 409, code office-closed')
	})
);
export const officerList = list(named.extend({ unit: z.string(), position: z.string().nullable() }));
export const placeList = list(
	named.extend({ unit: z.string(), code: z.string(), kind: z.string(), officer: z.string().nullable() })
);
export const serviceList = list(
	z.object({ id: z.string(), unit: z.string(), kind: z.enum(SERVICE_KINDS), name: z.string(), name_en: z.string() })
);
export const tagList = list(z.object({ id: z.enum(RATING_TAGS), name: z.string() }));

export const tokenInput = z.object({
	account: z.string({ error: 'account_missing' }).trim().min(1, 'account_missing').describe('Username or id'),
	name: nameField.optional().describe('Name in the list of tokens. Without it: "API" and the username'),
	scopes: z.array(z.enum(SCOPES, { error: 'scope_unknown' }), { error: 'scope_unknown' }).min(1, 'scope_unknown'),
	unit: textOrNumber(z.string({ error: 'unit_missing' }).trim().min(1, 'unit_missing')).describe(DESCRIBED.unit)
});
export const tokenResponse = z.object({
	id: z.string(),
	token: z.string(),
	waiting: z
		.boolean()
		.describe('true: the token does not work yet. It works once a supervisor approves it, or after 24 hours')
});
