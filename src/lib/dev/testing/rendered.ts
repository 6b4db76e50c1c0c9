import { render } from 'svelte/server';

/** The HTML of a component, as the site sends it. `query` is that of the page's address. */
export function htmlOf(component: unknown, props: { data?: object; [name: string]: unknown }, query = ''): string {
	const page = { data: props.data, url: new URL(`http://localhost/${query}`) };
	const context = new Map([['__request__', { page }]]);
	return render(component as never, { props: props as never, context }).body;
}

/** The HTML of a page, without its frame. `form` is the result of its last form. */
export const pageOf = (page: unknown, data: object, form: object | null = null, query = ''): string =>
	htmlOf(page, { data, form }, query);
