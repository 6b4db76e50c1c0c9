import { z } from 'zod';
import { isLocalDate } from '#lib/calendar/days.ts';
import { plainPhone } from '#lib/text/phone.ts';
import { shownLength } from '#lib/text/shown-text.ts';
import {
	ARCHIVE_REASONS,
	CASE_CLASSES,
	CASE_KINDS,
	CATEGORIES,
	CHANNELS,
	IDENTITIES,
	PRIORITIES,
	SERVICE_KINDS
} from './vocabulary.ts';

/** Characters of the text of a report or message. */
const LONGEST_BODY = 4000;

/** A trimmed text, which may be empty. Error messages are codes that screens translate. */
export const trimmedText = (max: number, code: string) => z.string().trim().max(max, code);
/**
 * A text that must be filled in. Characters that show nothing, and further spaces in a row, don't count for the minimum,
 * and punctuation alone is too short. Codes: `FIELD_missing`, `FIELD_short`, `FIELD_long`.
 */
export const requiredText = (min: number, max: number, field: string) => {
	const error = min > 1 ? `${field}_short` : `${field}_missing`;
	return z
		.string({ error: `${field}_missing` })
		.trim()
		.min(min, error)
		.max(max, `${field}_long`)
		.refine((text) => shownLength(text) >= min && (min === 1 || WORD_OR_PICTURE.test(text)), error);
};

/** A letter, a digit or a symbol. Emoji are symbols, and some reporters say a lot with them. */
const WORD_OR_PICTURE = /[\p{L}\p{N}\p{S}]/u;

/** Turns empty text into undefined, because forms and many programs send '' for an absent value. */
export const emptyToUndefined = (value: unknown) =>
	typeof value === 'string' && value.trim() === '' ? undefined : value;

export const optional = <T extends z.ZodType>(schema: T) =>
	z.preprocess(emptyToUndefined, schema.optional()).optional();

/** Turns a number into its digits, because many programs send codes and numbers that are texts here as JSON numbers. */
export const numberToText = (value: unknown) =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : value;

/** A text that may consist of digits. */
export const textOrNumber = <T extends z.ZodType>(schema: T) => z.preprocess(numberToText, schema);

/** Check boxes of a form send `on`, `true` or nothing. The API sends booleans. */
export const flag = z.union([
	z.boolean(),
	z.enum(['on', 'true', '1', 'false', '0']).transform((value) => value !== 'false' && value !== '0')
]);

/** A box or boolean that may be absent. */
export const flagOr = (absent: boolean) => z.preprocess(emptyToUndefined, flag.default(absent)).default(absent);

/** Check boxes with the same name: a form sends a string for one and a list for several. */
const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item.transform((value) => [value]), z.array(item)]);

/** Forms of ISO 8601 that programs also write: zones as `+0800` or `+08`, and times without seconds. */
const LENIENT_TIME = /T(\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(?:(Z)|([+-]\d{2}):?(\d{2})?)$/;

/** A moment with its zone, within the years that `isLocalDate` accepts. */
export const instant = (code: string) =>
	z
		.string({ error: code })
		.meta({ format: 'date-time' })
		.trim()
		.transform((value) =>
			value.replace(LENIENT_TIME, (_, minutes, seconds = ':00', utc, hours, rest = '00') =>
				utc ? `T${minutes}${seconds}Z` : `T${minutes}${seconds}${hours}:${rest}`
			)
		)
		.pipe(z.iso.datetime({ offset: true, error: code }).refine((value) => isLocalDate(value.slice(0, 10)), code));

export const submissionId = textOrNumber(
	z.string({ error: 'submission_id_missing' }).trim().min(8, 'submission_id_short').max(100, 'submission_id_long')
).describe(
	'Chosen by the sender for each submission. The same id with the same content is stored once and gets the same ' +
		'response; with other content it is refused with 409, code submission-reused.'
);

/** Descriptions for the OpenAPI document, of fields that several calls have. */
export const DESCRIBED = {
	unit: 'Code or slug of an office, as `GET units` lists them',
	service: 'Kind of a service. `GET services` lists those of an office',
	officer: 'Id of an officer, as `GET officers` lists them',
	place: 'Id or printed code of a place, as `GET places` lists them'
};

/** A phone number without separators (`plainPhone`). */
export const PHONE = /^\+?\d{8,15}$/;
export const EMAIL = z.regexes.email;

export const phone = textOrNumber(
	z.string().transform(plainPhone).pipe(z.string().regex(PHONE, 'phone_invalid'))
).describe('8 to 15 digits in any grouping, with or without + before them');

export const email = z
	.string()
	.trim()
	.pipe(z.email({ pattern: EMAIL, error: 'email_invalid' }).max(200, 'email_invalid'));

export const day = z
	.string()
	.trim()
	.refine((value) => isLocalDate(value), 'date_invalid');

/** A whole number, which forms send as text. A boolean is none, although `Number(true)` is 1. */
const wholeNumber = (least: number, most: number, code: string) =>
	z.preprocess(
		(value) => (typeof value === 'boolean' ? undefined : value),
		z.coerce.number(code).int(code).min(least, code).max(most, code)
	);

export const version = wholeNumber(1, 2_147_483_647, 'version_missing').describe(
	'Version of the case that the sender has read. If it is no longer the present one: 409, code stale'
);

/** The version of a row that the sender saw; 0: none yet. */
export const seenVersion = wholeNumber(0, 2_147_483_646, 'field_invalid');

/** Input that opens a case, from a citizen, the desk or the API (`POST cases`). */
export const caseInput = z
	.object({
		unit: textOrNumber(z.string({ error: 'unit_missing' }).trim().min(1, 'unit_missing')).describe(DESCRIBED.unit),
		kind: z.enum(CASE_KINDS, { error: 'kind_invalid' }),
		title: trimmedText(100, 'title_long').optional(),
		body: requiredText(20, LONGEST_BODY, 'body'),
		requested_solution: trimmedText(2000, 'requested_solution_long').optional(),
		category: optional(z.enum(CATEGORIES, { error: 'category_invalid' })),
		service: optional(z.enum(SERVICE_KINDS, { error: 'service_invalid' })).describe(DESCRIBED.service),
		officer: optional(z.uuid('officer_invalid').toLowerCase()).describe(DESCRIBED.officer),
		place: optional(z.string().trim().max(40, 'place_invalid')).describe(DESCRIBED.place),
		incident_on: optional(day).describe('Day, YYYY-MM-DD, not in the future'),
		identity: z.enum(IDENTITIES, { error: 'identity_missing' }),
		reporter: z
			.object({
				name: trimmedText(120, 'name_long').optional(),
				email: optional(email),
				phone: optional(phone)
			})
			.optional(),
		secret: flagOr(true),
		consent_lapor: flagOr(false),
		channel: optional(z.enum(CHANNELS, { error: 'channel_invalid' })).describe(
			'How the reporter sent it. Default: api'
		),
		received_at: optional(instant('received_at_invalid')).describe(
			'Time with zone (2026-12-01T08:30:00+08:00), at most two years ago. Default: now'
		),
		submission_id: submissionId
	})
	.check((context) => {
		const { identity, reporter, consent_lapor } = context.value;
		const issue = (path: string[], message: string) =>
			context.issues.push({ code: 'custom', input: context.value, path, message });
		if (identity === 'none') {
			// No personal data may be stored for identity `none`. An error is better than silently dropped input.
			if (reporter && Object.values(reporter).some(Boolean)) issue(['reporter'], 'reporter_not_with_none');
			if (consent_lapor) issue(['consent_lapor'], 'consent_not_with_none');
		} else if (!reporter?.name) issue(['reporter', 'name'], 'name_missing');
	});
export type CaseInput = z.output<typeof caseInput>;

export const messageInput = z.object({
	body: requiredText(1, LONGEST_BODY, 'message'),
	version: optional(version),
	submission_id: optional(submissionId)
});

/** A message by staff. It has no default of who reads it: a note that the reporter has read can't be taken back. */
export const staffMessageInput = messageInput.extend({ public: z.union(flag.options, 'public_missing') });

/** The same for the desk's form, with people mentioned from the list of those who may see the case. */
export const deskMessageInput = staffMessageInput.extend({ mention: oneOrMore(z.string().trim().max(40)).optional() });

const priority = z.enum(PRIORITIES, { error: 'priority_invalid' });

export const verificationInput = z.object({
	category: z.enum(CATEGORIES, { error: 'category_invalid' }),
	class: z.enum(CASE_CLASSES, { error: 'class_invalid' }),
	/** Absent: the case keeps its priority. */
	priority: optional(priority),
	/** Required for class oversight: the reporter reads it with the new date. */
	reason: trimmedText(1000, 'reason_long').optional(),
	version
});

/**
 * Changes the category, class or priority of a verified report. If the class changes, the reporter reads the reason.
 */
export const classificationInput = verificationInput.extend({ priority });

export const handOverInput = z.object({
	unit: z.string({ error: 'unit_missing' }).trim().min(1, 'unit_missing'),
	/** The reporter reads it. */
	reason: requiredText(10, 1000, 'reason'),
	version
});

/** The second matter that is split off from a report, as its handler words it. */
export const splitInput = z.object({
	kind: z.enum(CASE_KINDS, { error: 'kind_invalid' }),
	title: trimmedText(100, 'title_long').optional(),
	body: requiredText(20, 4000, 'body'),
	/** Ids of the report's files that belong to the second matter. */
	files: oneOrMore(z.uuid('file_unknown').toLowerCase()).default([]),
	submission_id: submissionId,
	version
});

export const assignmentInput = z.object({
	assignee: z.string('assignee_invalid').trim().toLowerCase().max(60, 'assignee_invalid').describe('Username or id'),
	version
});
export const questionInput = z.object({
	body: z.string({ error: 'question_missing' }).trim().min(5, 'question_missing').max(4000, 'message_long'),
	version
});
export const answerInput = z.object({ body: requiredText(10, 8000, 'answer'), version });
/** The same for the desk's form, with the action taken, and the files to drop from the draft. `confirmed`: as `deskArchiveInput`. */
const answerForm = answerInput.extend({
	action: trimmedText(2000, 'action_long').optional(),
	action_on: day.optional(),
	drop_files: oneOrMore(z.uuid('field_invalid')).optional(),
	confirmed: flag.optional()
});
/** An action has its day, and a day its action. Also checked if the answer is too short, so that the form shows all faults. */
function requireActionWithDay({ value, issues }: z.core.ParsePayload<{ action?: string; action_on?: string }>): void {
	const { action, action_on: on } = value;
	if (!action === !on) return;
	const [field, message] = action ? ['action_on', 'action_on_missing'] : ['action', 'action_missing'];
	issues.push({ code: 'custom', input: value, path: [field], message });
}
export const deskAnswerInput = answerForm.check(requireActionWithDay);
export type DeskAnswer = z.output<typeof deskAnswerInput>;

/** "Jawab langsung": one form verifies, assigns and answers a suggestion or an information request. */
export const directAnswerInput = answerForm
	.extend({
		category: z.enum(CATEGORIES, { error: 'category_invalid' }),
		priority: verificationInput.shape.priority
	})
	.check(requireActionWithDay)
	// A case of category integrity goes to the parent unit's supervisors, so this form can't answer it.
	.refine((value) => value.category !== 'integrity', { path: ['category'], message: 'integrity_not_direct' });
export const approvalInput = z
	.object({
		decision: z.enum(['approve', 'send_back'], { error: 'decision_invalid' }),
		reason: trimmedText(1000, 'reason_long').optional(),
		version
	})
	.refine((value) => value.decision === 'approve' || !!value.reason, { path: ['reason'], message: 'reason_missing' });
export const archiveInput = z.object({
	reason: z.enum(ARCHIVE_REASONS, { error: 'archive_reason_invalid' }),
	note: trimmedText(2000, 'note_long').optional(),
	duplicate_of: z.string().trim().max(40).optional(),
	version
});
/** `confirmed`: the writer agrees that it takes effect at once if no second person can decide. */
export const deskArchiveInput = archiveInput.extend({ confirmed: flag.optional() });
export type DeskArchiving = z.output<typeof deskArchiveInput>;
export const linkInput = z.object({
	main: z.string({ error: 'report_unknown' }).trim().min(1, 'report_unknown').max(40, 'report_unknown'),
	version
});
/** A reason of a few words. */
export const briefReason = z
	.string({ error: 'reason_missing' })
	.trim()
	.min(5, 'reason_below_five')
	.max(1000, 'reason_long');
/** Input of verbs that need only a reason: unlink, reopen, decline an objection. */
export const reasonInput = z.object({ reason: briefReason, version });
export const versionInput = z.object({ version });
export const satisfactionInput = z.object({
	score: wholeNumber(1, 5, 'score_missing'),
	comment: trimmedText(1000, 'comment_long').optional(),
	/** The form has asked for the reason of a low score. */
	asked: flagOr(false)
});
export const disputeInput = z.object({ body: requiredText(10, 4000, 'dispute') });

/** Maximum number of saved views per account. */
export const MOST_VIEWS = 20;

export const viewName = z.object({ name: z.string('view_name').trim().min(1, 'view_name').max(60, 'view_name') });

/** A saved view of the inbox. `query` is the part of the address after `?`. */
export const viewInput = viewName.extend({ query: z.string().max(600, 'view_query').default('') });
