import { inboxAddress, statusesShown, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { CASE_KINDS, CASE_STATUSES, CATEGORIES, CHANNELS, PRIORITIES, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { categoryWord, channelWord, kindWord, priorityWord, statusWord } from '#lib/words/cases.ts';
import { serviceWord } from '#lib/words/office.ts';

interface Named {
	id: string;
	name: string;
}

/** Records that a filter can name. */
interface Known {
	units: readonly { slug: string; name: string }[];
	people: readonly Named[];
	places: readonly Named[];
}

export type FilterFields = ReturnType<typeof filterFields>;

/** The selects of the inbox's filter, and its hidden fields. The server makes them: they would be many words for scripts. */
export function filterFields(choice: InboxChoice, { units, people, places }: Known) {
	/** A search and some lists show all statuses unless one is chosen. */
	const anyStatus = statusesShown({ ...choice, status: [] }) === undefined;
	const all = { value: anyStatus ? '' : 'all', label: m.common_all() };
	const open = { value: anyStatus ? OPEN_STATUSES.join(',') : '', label: m.desk_status_open() };
	const words = <T extends string>(values: readonly T[], word: (value: T) => string) =>
		values.map((value) => ({ value, label: word(value) }));
	const named = (list: readonly Named[]) => list.map(({ id, name }) => ({ value: id, label: name }));
	const selects = [
		{
			name: 'status',
			label: m.common_status(),
			value: choice.status === 'all' ? all.value : choice.status.join(','),
			options: [open, ...words(CASE_STATUSES, (status) => statusWord(status, 'staff')), all],
			otherwise: choice.status === 'all' ? undefined : choice.status.map((one) => statusWord(one, 'staff')).join(', ')
		},
		{ name: 'kind', label: m.common_kind(), value: choice.kind, options: words(CASE_KINDS, kindWord) },
		{
			name: 'priority',
			label: m.term_priority(),
			value: choice.priority,
			options: words(PRIORITIES, priorityWord)
		},
		{
			name: 'category',
			label: m.term_category(),
			value: choice.figure?.category,
			options: [...words(CATEGORIES, categoryWord), { value: 'none', label: m.common_not_categorised() }]
		},
		{
			name: 'handler',
			label: m.term_assignee(),
			value: choice.figure?.handler,
			options: named(people),
			otherwise: m.board_of_handler()
		},
		{ name: 'channel', label: m.term_channel(), value: choice.figure?.channel, options: words(CHANNELS, channelWord) },
		{
			name: 'service',
			label: m.term_service(),
			value: choice.figure?.service,
			options: words(SERVICE_KINDS, serviceWord)
		},
		{
			name: 'place',
			label: m.term_place(),
			value: choice.figure?.place,
			options: named(places),
			otherwise: m.board_of_place()
		},
		{
			name: 'unit',
			label: m.term_unit(),
			value: choice.unit,
			options: units.length > 1 ? units.map(({ slug, name }) => ({ value: slug, label: name })) : []
		}
	];
	const shown = selectsToShow(selects);
	const names = [...shown.map(({ name }) => name), 'from', 'to', 'named', 'lapor'];
	return { selects: shown, hidden: hiddenFilters(choice, names) };
}

interface FilterSelect {
	name: string;
	value: string | undefined;
	options: readonly { value: string; label: string }[];
	/** Label of the present value if no option has it. */
	otherwise?: string;
}

/**
 * The selects that have options. If one lacks the value of the present list, such as a handler who left or two statuses,
 * it gets it as another option: otherwise the form would drop that filter and show more reports.
 */
export function selectsToShow<S extends FilterSelect>(selects: readonly S[]): S[] {
	return selects
		.filter(({ options }) => options.length > 0)
		.map((select) => {
			const { value, options, otherwise } = select;
			if (!value || options.some((option) => option.value === value)) return select;
			return { ...select, options: [...options, { value, label: otherwise ?? value }] };
		});
}

/** Parts of the filter that the form keeps in hidden fields, because it has no visible field for them. */
export function hiddenFilters(choice: InboxChoice, fields: readonly string[]): [string, string][] {
	return [...new URLSearchParams(inboxAddress(choice).split('?')[1])].filter(([name]) => !fields.includes(name));
}
