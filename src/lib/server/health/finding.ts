/** The parts of the site that are checked. */
export type Subject =
	| 'database'
	| 'disk'
	| 'jobs'
	| 'outgoing'
	| 'lapor'
	| 'mail'
	| 'channels'
	| 'calendar'
	| 'backup'
	| 'clock'
	| 'settings'
	| 'errors'
	| 'site';

/** good: nothing to do · watch: check in the next days · bad: act now · off: switched off by choice */
export type Condition = 'good' | 'watch' | 'bad' | 'off';

/** The result of checking a subject. The texts for `code` and the next step are in `routes/(staff)/admin/health`. */
export interface Finding {
	subject: Subject;
	condition: Condition;
	code: string;
	/** Values for the texts: figures, moments, names of settings. They contain no secret and nothing about a case. */
	data?: Record<string, string | number | Date>;
}

export const finding = (
	subject: Subject,
	condition: Condition,
	code: string,
	data?: NonNullable<Finding['data']>
): Finding => ({ subject, condition, code, ...(data && { data }) });
