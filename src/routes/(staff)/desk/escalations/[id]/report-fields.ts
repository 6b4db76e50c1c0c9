import type { EscalationView } from '#lib/server/escalation/view.ts';

/** LAPOR's own limit of a title, shown beside its length. */
export const TITLE_LIMIT = 100;

/** Fields of the form at LAPOR, by the names under which copied ones are remembered. */
const FIELDS = [
	'classification',
	'title',
	'content',
	'date',
	'location',
	'institution',
	'category',
	'anonymous',
	'secret',
	'tags'
];
const OF_REPORTER = ['reporter', 'email', 'phone'];

export const fileTick = (id: string): string => `file:${id}`;

/** Everything a person carries over by hand, for counting what is done. */
export function copiedByHand({ texts, files }: Pick<EscalationView, 'texts' | 'files'>): string[] {
	return [
		...FIELDS,
		...(texts.identity ? OF_REPORTER : []),
		...files.filter(({ leftOut }) => !leftOut).map(({ id }) => fileTick(id))
	];
}

/** `2026-12-04` as date fields of LAPOR write it: `04-12-2026`. */
export const dayForForm = (day: string): string => day.split('-').toReversed().join('-');

/** Where the agency's administrator signs in. */
export const LAPOR_SITE = 'https://www.lapor.go.id/';
