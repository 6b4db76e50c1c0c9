import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import StopMails from './(citizen)/surel/[token]/+page.svelte';
import ForgottenPassword from './(door)/login/lupa/+page.svelte';

/** The page as the site sends it, without its frame. */
function bodyOf(page: unknown, data: object, form: object | null = null): string {
	const context = new Map([['__request__', { page: { data } }]]);
	return render(page as never, { props: { data, form } as never, context }).body;
}

it.each([
	['forgotten password', ForgottenPassword, { byMail: true, sent: false }],
	['e-mails to a reporter', StopMails, { stopped: 'none' }]
])('the form of the page “%s” says why it was refused', (_, page, data) => {
	const message = 'Penyimpanan kantor penuh.';
	const refused = { issues: [{ path: '', message, code: 'refused' }], typed: {} };
	expect(bodyOf(page, data)).not.toContain('role="alert"');
	expect(bodyOf(page, data, refused)).toMatch(new RegExp(`role="alert"[^]*${message}`));
});
