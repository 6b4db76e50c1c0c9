import { MINUTE_MS } from '#lib/calendar/durations.ts';
import type { m } from '#lib/paraglide/messages.js';
import { ago } from '#lib/server/clock.ts';

/** The parts of the site that are checked. */
export type Subject =
	| 'database'
	| 'disk'
	| 'jobs'
	| 'outgoing'
	| 'lapor'
	| 'mail'
	| 'channels'
	| 'push'
	| 'log'
	| 'calendar'
	| 'offices'
	| 'backup'
	| 'clock'
	| 'settings'
	| 'errors'
	| 'site';

/** good: nothing to do · watch: check in the next days · bad: act now · off: switched off by choice */
export type Condition = 'good' | 'watch' | 'bad' | 'off';

type Said<Key> = Key extends `health_says_${infer Code}` ? Code : never;
/** Codes with a message `health_says_<code>`. */
export type SaidCode = Said<keyof typeof m>;
/** `backup_failed_…`: a failed backup, and the latest good one is old, or there is none. */
export type FindingCode = SaidCode | 'backup_failed_old' | 'backup_failed_all';

type Value = string | number | Date;
/** A value for each blank of the message, and more values. */
type Values<Code extends FindingCode> = Record<string, Value> &
	(Code extends SaidCode
		? Record<keyof NonNullable<Parameters<(typeof m)[`health_says_${Code}`]>[0]>, Value>
		: unknown);

/** The result of checking a subject. `routes/(staff)/admin/health` has the text for `code` and the next step. */
export interface Finding {
	subject: Subject;
	condition: Condition;
	code: FindingCode;
	/** Distinguishes findings with the same code: the connection of an office, and since when it has failed. */
	instance?: string;
	/** Values for the text: figures, moments, names of settings. They contain no secret and nothing about a case. */
	data?: Record<string, Value>;
}

export const finding = <Code extends FindingCode>(
	subject: Subject,
	condition: Condition,
	code: Code,
	...[data]: Record<never, never> extends Values<Code> ? [data?: Values<Code>] : [data: Values<Code>]
): Finding => ({ subject, condition, code, ...(data && { data }) });

/** Whether the moment is more than this many minutes ago. */
export const isOlder = (at: Date, minutes: number): boolean => at < ago(minutes * MINUTE_MS);
