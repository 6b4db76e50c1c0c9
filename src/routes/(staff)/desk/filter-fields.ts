import { inboxAddress, type InboxChoice } from '#lib/cases/inbox-query.ts';

interface FilterSelect {
	name: string;
	value: string | undefined;
	options: readonly { value: string; label: string }[];
}

/**
 * The selects that have options. If one lacks the value of the present list, such as a handler who left or two statuses,
 * it gets it as another option: otherwise the form would drop that filter and show more reports.
 */
export function selectsToShow<S extends FilterSelect & { otherwise?: string | undefined }>(selects: readonly S[]): S[] {
	return selects
		.filter(({ options }) => options.length > 0)
		.map((select) => {
			const { value, options, otherwise } = select;
			if (!value || options.some((option) => option.value === value)) return select;
			return { ...select, options: [...options, { value, label: otherwise ?? value }] };
		});
}

/**
 * What the form sends in hidden fields, because none of its fields has it: the search, the standard list, what a board
 * asked for, and filters whose select has no options.
 */
export function hiddenFilters(choice: InboxChoice, fields: readonly string[]): [string, string][] {
	return [...new URLSearchParams(inboxAddress(choice).split('?')[1])].filter(([name]) => !fields.includes(name));
}
