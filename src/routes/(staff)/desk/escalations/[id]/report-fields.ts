import type { EscalationView } from '#lib/server/escalation/view.ts';

/** Fields of LAPOR's form; the names under which copied fields are stored. */
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
const REPORTER_FIELDS = ['reporter', 'email', 'phone'];

export const fileTick = (id: string): string => `file:${id}`;

/** Names of all fields and files of a manual forward, to count how many are copied. */
export function copiedByHand({ texts, files }: Pick<EscalationView, 'texts' | 'files'>): string[] {
	return [
		...FIELDS,
		...(texts.identity ? REPORTER_FIELDS : []),
		...files.filter(({ leftOut }) => !leftOut).map(({ id }) => fileTick(id))
	];
}

/** Converts `2026-12-04` to the format of LAPOR's date fields, `04-12-2026`. */
export const dayForForm = (day: string): string => day.split('-').reverse().join('-');

/** Site where the institution's LAPOR administrator signs in. */
export const LAPOR_SITE = 'https://www.lapor.go.id/';
