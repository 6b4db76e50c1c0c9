import { expect, it } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { htmlOf } from '#lib/dev/testing/rendered.ts';
import ErrorPage from '#lib/ui/shell/ErrorPage.svelte';

const page = (status: number, error: App.Error) =>
	htmlOf(ErrorPage, { status, error, home: { href: '/', label: 'A' } });

it('shows the code by which an unexpected error is found in the log, else the status', () => {
	const unexpected = page(500, { message: m.error_unexpected(), code: '3f9a1c20' });
	expect(unexpected).toContain(m.common_error_code({ code: '3f9a1c20' }));
	expect(page(404, { message: 'Not Found' })).toContain(m.common_error_code({ code: 404 }));
});

it('shows an error’s own title, such as of a used link, and not that the address was mistyped', () => {
	const html = page(404, { message: m.login_link_gone(), title: m.common_link_gone() });
	expect(html).toContain(m.common_link_gone());
	expect(html).toContain(m.login_link_gone());
	expect(html).not.toContain(m.common_error_404_next());
});
