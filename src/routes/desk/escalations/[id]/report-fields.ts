import type { EscalationView } from '#lib/server/escalation/view.ts';

/** LAPOR's own limit of a title, shown beside its length. */
export const TITLE_LIMIT = 100;

/** Names under which copied fields are remembered. */
export const copyNames = {
	classification: 'classification',
	title: 'title',
	content: 'content',
	date: 'date',
	location: 'location',
	institution: 'institution',
	category: 'category',
	anonymous: 'anonymous',
	secret: 'secret',
	tags: 'tags',
	reporter: 'reporter',
	email: 'email',
	phone: 'phone'
} as const;

export const fileTick = (id: string): string => `file:${id}`;

/** Everything a person carries over by hand, for counting what is done. */
export function copiedByHand({ texts, files }: Pick<EscalationView, 'texts' | 'files'>): string[] {
	const { reporter, email, phone, ...always } = copyNames;
	return [
		...Object.values(always),
		...(texts.identity ? [reporter, email, phone] : []),
		...files.filter(({ leftOut }) => !leftOut).map(({ id }) => fileTick(id))
	];
}

/** `2026-12-04` as date fields of LAPOR write it: `04-12-2026`. */
export const dayForForm = (day: string): string => day.split('-').toReversed().join('-');

/** Where the agency's administrator signs in. */
export const LAPOR_SITE = 'https://www.lapor.go.id/';
