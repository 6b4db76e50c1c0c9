import { m } from '#lib/paraglide/messages.js';
import type { Issue } from './errors.ts';

type Words = (params: Record<string, string | number>) => string;

const words = m as unknown as Record<string, Words | undefined>;

/** The message `error_<code>` if there is one, else the general message. */
export function messageOr(code: string, general: () => string, params: Issue['params'] = {}): string {
	return words[`error_${code}`]?.(params) ?? general();
}

/** The message of one issue: `error_<code>`, or a general one if its code has no message, such as Zod's own codes. */
export function issueText(issue: Issue): string {
	return (words[`error_${issue.code}`] ?? words.error_field_invalid)?.(issue.params ?? {}) ?? issue.code;
}
