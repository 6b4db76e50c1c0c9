import { inboxAddress, type InboxChoice } from '#lib/cases/inbox-query.ts';

interface FilterSelect {
	name: string;
	value: string | undefined;
	options: readonly { value: string; label: string }[];
	/** Label of the present value if no option has it. */
	otherwise?: string | undefined;
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
