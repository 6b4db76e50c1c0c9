import type { ReadForm } from '#lib/server/web/http/form.ts';

const TEXTS = ['title', 'content', 'solution', 'incident_on'] as const;

/**
 * The texts of a report as a form sent them. A field that was emptied is empty, not absent: absent would mean the
 * proposal, and nobody would have seen what leaves.
 */
export function typedTexts({ typed }: ReadForm): Partial<Record<(typeof TEXTS)[number], string>> {
	const sent = TEXTS.filter((name) => typeof typed[name] === 'string');
	return Object.fromEntries(sent.map((name) => [name, typed[name] as string]));
}
