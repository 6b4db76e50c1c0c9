import { z } from 'zod';
import { moment } from './breach.ts';
import { email, flag, phone, day, requiredText, submissionId, version } from '#lib/cases/schema.ts';

/** Prefix of the number of a trial request. These numbers are random, so that they leave no gaps in the register. */
export const TRIAL_REQUEST = 'UJI-PD-';

/**
 * What a person may ask about their data (UU 27/2022): a copy, a correction, a restriction, the end of a consent, the
 * withdrawal of their report, and another contact.
 */
export const REQUEST_KINDS = ['access', 'correction', 'restriction', 'consent', 'report', 'contact'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** `confirming`: a new contact that the current one has not confirmed yet. */
export const REQUEST_STATES = ['confirming', 'open', 'granted', 'refused', 'withdrawn'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** How a request came: from the tracking page, at the counter, or from the account's own page. */
export type RequestWay = 'tracking' | 'counter' | 'account';

/** How staff checked that a person at the counter is who they say. */
export const PERSON_CHECKS = ['identity_card', 'receipt', 'known_contact', 'authority'] as const;
export type PersonCheck = (typeof PERSON_CHECKS)[number];

/** Kinds that an officer may ask for on their own page. The copy is a download there. */
export const OWN_REQUEST_KINDS = ['correction', 'restriction'] as const satisfies readonly RequestKind[];

/** What a person said. Stored encrypted. */
export interface RequestContent {
	words?: string;
	/** A new contact. */
	email?: string;
	phone?: string;
	/** The current contact is not the person's, or they can't use it any more. */
	lost?: boolean;
	/** Name and address of a person without a case. */
	person?: string;
}

const text = (min: number, max: number, code: string) =>
	z
		.string({ error: `${code}_missing` })
		.trim()
		.min(min, `${code}_missing`)
		.max(max, 'request_long');
const words = z.string().trim().max(2000, 'request_long').optional();
const fields = {
	kind: z.enum(REQUEST_KINDS, { error: 'request_kind' }),
	words,
	email: email.optional(),
	phone: phone.optional(),
	lost: flag.default(false),
	submission_id: submissionId
};

interface Asked {
	kind: RequestKind;
	words?: string;
	email?: string;
	phone?: string;
	lost?: boolean;
}

function complete({ value, issues }: { value: Asked; issues: z.core.$ZodRawIssue[] }): void {
	const missing = (path: string, message: string) =>
		issues.push({ code: 'custom', input: value, path: [path], message });
	const isBrief = (value.words ?? '').length < 10;
	if (isBrief && value.kind === 'correction') missing('words', 'request_words_missing');
	if (isBrief && value.kind === 'contact' && value.lost) missing('words', 'request_contact_words_missing');
	if (value.kind === 'contact' && !value.email && !value.phone && !value.lost)
		missing('email', 'request_contact_missing');
}

/** Drops a new contact from requests of another kind. Their form hides its fields, so an error in them could not be seen. */
const withoutHidden = (sent: Partial<Asked>) =>
	sent.kind === 'contact' ? sent : { ...sent, email: undefined, phone: undefined, lost: undefined };

/** A request from the tracking page. Withdrawing a report needs a second tick, because it can't be undone. */
export const trackedRequestInput = z.preprocess(
	withoutHidden,
	z
		.object({ ...fields, sure: flag.default(false) })
		.check(complete)
		.refine(({ kind, sure }) => kind !== 'report' || sure, { path: ['sure'], message: 'request_sure' })
);

/** A request of a person at the counter: about a case by its number, or of a person without a case here. */
export const counterRequestInput = z
	.object({
		...fields,
		unit: z.string({ error: 'unit_missing' }).trim().min(1, 'unit_missing'),
		reference: z.string().trim().max(40, 'request_reference').optional(),
		person: z.string().trim().max(300, 'request_long').optional(),
		/** When the office received it. Empty: now. */
		received_at: moment.optional(),
		check: z.enum(PERSON_CHECKS, { error: 'request_check' }),
		check_note: text(5, 500, 'request_check_note')
	})
	.check(complete)
	.refine(({ reference, person }) => reference ?? person, { path: ['person'], message: 'request_person_missing' });

/** A request of an officer on their own page. */
export const ownRequestInput = z.object({
	kind: z.enum(OWN_REQUEST_KINDS, { error: 'request_kind' }),
	words: text(10, 2000, 'request_words'),
	submission_id: submissionId
});

/** New values of a correction. Empty fields stay as they are. */
const correctionInput = z.object({
	name: z.string().trim().max(120, 'name_long').optional(),
	title: z.string().trim().max(100, 'title_long').optional(),
	body: z.string().trim().min(20, 'body_short').max(4000, 'body_long').optional(),
	requested_solution: z.string().trim().max(2000, 'requested_solution_long').optional(),
	incident_on: day.optional()
});
export type Correction = z.output<typeof correctionInput>;

/** A decision. A refusal needs a ground and a reason. */
export const decisionInput = correctionInput
	.extend({
		decision: z.enum(['grant', 'refuse'], { error: 'request_decision' }),
		ground: z.string().trim().max(200, 'request_long').optional(),
		reason: z.string().trim().max(1000, 'reason_long').optional(),
		version
	})
	.check(({ value, issues }) => {
		const missing = (path: string, message: string) =>
			issues.push({ code: 'custom', input: value, path: [path], message });
		if (value.decision === 'grant') return;
		if ((value.ground ?? '').length < 5) missing('ground', 'request_ground_missing');
		if ((value.reason ?? '').length < 10) missing('reason', 'reason_short');
	});

export const liftInput = z.object({ reason: requiredText(10, 1000, 'reason') });
