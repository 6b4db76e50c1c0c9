/** What of the site is looked at. */
export type Subject =
	| 'database'
	| 'disk'
	| 'jobs'
	| 'outgoing'
	| 'lapor'
	| 'mail'
	| 'calendar'
	| 'backup'
	| 'clock'
	| 'settings'
	| 'errors'
	| 'site';

/** good: nothing to do · watch: look at it in the next days · bad: act now · off: not in use, by choice */
export type Condition = 'good' | 'watch' | 'bad' | 'off';

/** What was found of a subject. `code` has its words, and the next step, in `routes/(staff)/admin/health`. */
export interface Finding {
	subject: Subject;
	condition: Condition;
	code: string;
	/** What the words need: figures, moments, names of settings. No secret and nothing of a case. */
	data?: Record<string, string | number | Date>;
}

export const finding = (
	subject: Subject,
	condition: Condition,
	code: string,
	data?: NonNullable<Finding['data']>
): Finding => ({ subject, condition, code, ...(data && { data }) });
