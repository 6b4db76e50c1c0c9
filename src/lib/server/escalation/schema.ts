import { z } from 'zod';
import { isLocalDate } from '#lib/calendar/days.ts';
import { LAPOR_CHARACTERS } from '#lib/cases/forwarding.ts';
import { ESCALATION_PURPOSES } from '#lib/cases/vocabulary.ts';
import { briefReason, flagOr, instant, optional, textOrNumber, version } from '#lib/cases/schema.ts';
import { clampToNow, isTooFarAhead } from '#lib/server/clock.ts';
import { trackingId } from '#lib/server/integrations/lapor/responses.ts';

/**
 * LAPOR documents no limit for `content`. A case's text, the requested solution and our lines are shorter than this.
 */
const CONTENT_CHARACTERS = 6000;

const texts = {
	title: z.string().trim().max(LAPOR_CHARACTERS.title, 'title_long').optional(),
	content: z.string().trim().max(CONTENT_CHARACTERS, 'escalation_content_long').optional(),
	solution: z.string().trim().max(2000, 'requested_solution_long').optional(),
	incident_on: z
		.string()
		.trim()
		.refine((value) => value === '' || isLocalDate(value), 'date_invalid')
		.optional(),
	institution: textOrNumber(z.string().trim().max(200, 'escalation_institution_long'))
		.optional()
		.describe('Number or full name of an institution at SP4N-LAPOR!. A transfer needs it, and a record ignores it')
};

/** Ids of the files to send; absent: all that may be sent, or all of the forward before. */
const files = z.array(z.uuid('escalation_attachment').toLowerCase()).optional();

const personal = {
	keep_marks: flagOr(false).describe(
		'Accepts typed texts although they seem to contain personal data. Without it they are refused with 422, code ' +
			'escalation_personal_data, and the message quotes what was found. The texts that the site proposes are not refused.'
	)
};

/** LAPOR's number as people type or paste it. */
export const laporNumber = textOrNumber(
	z
		.string({ error: 'escalation_lapor_id' })
		.transform((value) => typedTrackingId(value) ?? '')
		.refine((value) => value !== '', 'escalation_lapor_id')
);

/** When something happened at LAPOR: a day or a moment with zone, not in the future. */
const moment = z
	.union([instant('escalation_at_invalid'), z.string().refine(isLocalDate)], { error: 'escalation_at_invalid' })
	.transform((value): { day: string } | { at: Date } =>
		value.length === 10 ? { day: value } : { at: new Date(value) }
	)
	.refine((value) => !('at' in value) || !isTooFarAhead(value.at), 'escalation_at_ahead')
	.transform((value) => ('at' in value ? { at: clampToNow(value.at) } : value))
	.describe('Day (YYYY-MM-DD) or time with zone (2026-12-01T08:30:00+08:00), not in the future');

/** Input of `POST cases/{reference}/escalations` and of the screen before sending. */
export const escalationInput = z.object({
	purpose: z.enum(ESCALATION_PURPOSES, { error: 'escalation_purpose_invalid' }),
	reason: briefReason,
	...texts,
	consent: flagOr(false),
	reporter: z
		.object({
			name: z.string().trim().max(120, 'name_long').optional(),
			email: z.string().trim().max(200, 'email_invalid').optional(),
			phone: z.string().trim().max(40, 'phone_invalid').optional()
		})
		.optional(),
	attachments: files,
	...personal,
	version
});
export type EscalationInput = z.output<typeof escalationInput>;

/** `POST escalations/{id}/resolution` */
export const resolutionInput = z
	.object({
		outcome: z.enum(['found', 'absent'], { error: 'escalation_outcome_invalid' }),
		lapor_id: optional(laporNumber),
		/** Manual mode: when the report was entered at LAPOR. */
		at: optional(moment),
		reason: briefReason
	})
	.refine((value) => value.outcome === 'absent' || value.lapor_id !== undefined, {
		path: ['lapor_id'],
		message: 'escalation_lapor_id'
	});

/** The right number of a forward whose number was typed wrongly. `wrong_id`: the number that the person saw. */
export const correctionInput = z.object({
	lapor_id: laporNumber,
	wrong_id: z.string().max(100).optional(),
	reason: briefReason
});

/** Why a report that was to be copied by hand is not forwarded. */
export const cancelInput = z.object({ reason: briefReason });

/** `POST escalations/{id}/resend` */
export const resendInput = z.object({
	reason: briefReason,
	...texts,
	attachments: files,
	...personal
});

export type ResendInput = z.output<typeof resendInput>;

/** `POST escalations/{id}/status` (manual mode) */
export const manualStatusInput = z.object({
	status_name: z.string({ error: 'escalation_status_name' }).trim().min(1, 'escalation_status_name').max(100),
	note: z.string().trim().max(5000, 'note_long').optional(),
	at: moment,
	...personal
});

/** `raised`: the `taskAt` of the task that the person saw. */
export const settleInput = z.object({
	reason: z.string().trim().max(1000, 'reason_long').optional(),
	raised: z.string().max(40)
});

/** A grouped number, as a page may show it: `1.916.449`. */
const GROUPED = /^#?\d{1,3}(?:[ .]\d{3})+$/;

/**
 * Reads a tracking id as people paste it: `1916449`, `#1916449`, `Nomor: #1916449`, or the address of a page at LAPOR.
 * Undefined if the text contains no number, or different ones.
 */
export function typedTrackingId(typed: string): string | undefined {
	const text = typed.trim();
	const plain = trackingId(GROUPED.test(text) ? text.replace(/[ .]/g, '') : text);
	if (plain) return plain;
	// Skips parts of words (`jalan-rusak-2026`) and of longer numbers.
	const runs = [...text.matchAll(/(?<![\p{L}\d.,-])#?(\d{4,10})(?![\p{L}\d-]|[.,]\d)/gu)].map(([, digits]) => digits);
	const marked = [...text.matchAll(/#(\d{4,10})(?!\d)/g)].map(([, digits]) => digits);
	const numbers = new Set(marked.length > 0 ? marked : runs);
	return numbers.size === 1 ? [...numbers][0] : undefined;
}
