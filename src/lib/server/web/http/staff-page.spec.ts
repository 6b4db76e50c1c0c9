import { isRedirect, type RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { formAction } from './staff-page.ts';

test.each([
	['', '/admin/channels/email/7604?saved=asked'],
	['?mulai=7604', '/admin/mulai/7604?saved=asked'],
	['?mulai=//x.example', '/admin/channels/email/7604?saved=asked']
])('a form opened with "%s" leads to %s and says what became of it', async (query, page) => {
	const action = formAction(() => Promise.resolve('/admin/channels/email/7604?saved=asked'));
	const request = new Request(`http://localhost/${query}`, { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
	const locals = { actor: { accountId: 'x' } };
	const sent = action({ request, url: new URL(request.url), locals } as unknown as RequestEvent);
	const cause: unknown = await sent.catch((thrown: unknown) => thrown);
	expect(isRedirect(cause) && cause.location).toBe(page);
});
