import { m } from '#lib/paraglide/messages.js';
import type { Issue } from '#lib/server/errors.ts';

type Words = (params: Record<string, string | number>) => string;

const words = m as unknown as Record<string, Words | undefined>;

/** The words of `error_<code>` where there are some of its own, else of the general one. */
export function ownWords(code: string, general: () => string): string {
	return words[`error_${code}`]?.({}) ?? general();
}

/** The words for one thing that is wrong: the message `error_<code>`, or a general one where a library named it. */
export function issueText(issue: Issue): string {
	return (words[`error_${issue.code}`] ?? words.error_field_invalid)?.(issue.params ?? {}) ?? issue.code;
}
