import { z } from 'zod';
import { isLocalDate } from '#lib/calendar/days.ts';
import { requiredText, seenVersion } from '#lib/cases/schema.ts';
import { HOUR_MS } from '#lib/calendar/durations.ts';

/** Whom an office writes to about a breach, in this order. `people`: the notice to the people affected. */
export const LETTERS = ['dpo', 'csirt', 'people', 'authority'] as const;
export type LetterTo = (typeof LETTERS)[number];

/** Ways to find the people affected. */
export const WAYS = ['number', 'time', 'file', 'person'] as const;
/** What happened to a case in the time span: received, changed by anybody, or recorded by staff. */
export const SPANS = ['received', 'changed', 'recorded'] as const;

const text = (longest: number) => requiredText(1, longest, 'text');
/** A local day and time, as a field of type `datetime-local` sends it. */
export const moment = z
	.string('date_invalid')
	.refine((it) => isLocalDate(it.slice(0, 10)) && /^T([01]\d|2[0-3]):[0-5]\d$/.test(it.slice(10)), 'date_invalid');

export const factsInput = z.object({
	title: text(120),
	what: text(4000),
	fromAt: moment.optional(),
	toAt: moment.optional(),
	/** Empty: now. */
	knownAt: moment.optional(),
	foundBy: text(200),
	dataKinds: text(1000),
	causes: text(2000).optional(),
	measures: text(2000).optional()
});

export const affectedInput = z.discriminatedUnion(
	'way',
	[
		z.object({ way: z.literal('number'), first: text(40), last: text(40).optional() }),
		z.object({
			way: z.literal('time'),
			from: moment,
			to: moment,
			span: z.enum(SPANS, 'field_invalid'),
			by: text(100).optional()
		}),
		z.object({ way: z.literal('file'), attached: text(200) }),
		z.object({ way: z.literal('person'), person: text(200) })
	],
	{ error: 'field_invalid' }
);

export const letterInput = z.object({
	to: z.enum(LETTERS, 'field_invalid'),
	version: seenVersion,
	addressee: text(500),
	body: text(8000),
	/** Ticked: the letter was sent, or the notice is to be published now. */
	sent: z.string().optional(),
	sentAt: moment.optional(),
	sentHow: text(200).optional()
});

export const addressesInput = z.object({
	dpo: text(500),
	csirt: text(500),
	authority: text(500),
	source: text(300)
});

/** Facts that decide the clock of a breach. */
export interface Told {
	knownAt: Date;
	hours: number;
	/** Affected people who were not told yet. */
	untold: number;
	lastToldAt: Date | null;
	noticeAt: Date | null;
	authorityAt: Date | null;
}

/**
 * The clock of a breach. It stops when the notice is published, everybody affected was told and the letter to the
 * authority was sent; it runs again if somebody else is found to be affected.
 */
export function breachClock({ knownAt, hours, untold, lastToldAt, noticeAt, authorityAt }: Told, now: Date) {
	const dueAt = new Date(knownAt.getTime() + hours * HOUR_MS);
	const done = untold === 0 && noticeAt && authorityAt;
	const metAt = done ? new Date(Math.max(...[noticeAt, authorityAt, lastToldAt ?? noticeAt].map(Number))) : null;
	return {
		dueAt,
		/** Staff are warned when two thirds of the time have passed: after 48 of 72 hours. */
		warnAt: new Date(knownAt.getTime() + (hours * HOUR_MS * 2) / 3),
		metAt,
		overdue: (metAt ?? now) > dueAt,
		/** Whole hours until the time limit, negative after it. */
		hoursLeft: Math.floor((dueAt.getTime() - now.getTime()) / HOUR_MS)
	};
}
