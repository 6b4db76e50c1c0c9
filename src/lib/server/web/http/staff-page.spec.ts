import { expect, test } from 'vitest';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { formAction } from './staff-page.ts';

test.each([
	['', '/admin/channels/email/7604?saved=asked'],
	['?mulai=7604', '/admin/mulai/7604?saved=asked'],
	['?mulai=//x.example', '/admin/channels/email/7604?saved=asked']
])('a form opened with "%s" leads to %s and says what became of it', async (query, page) => {
	const action = formAction(() => Promise.resolve('/admin/channels/email/7604?saved=asked'));
	const sent = action(requestTo(`/${query}`, { actor: { accountId: 'x' }, fields: { a: 'b' } }));
	expect(await addressOf(sent)).toBe(page);
});

test('a form that creates an office leads to the guided path of the new office', async () => {
	const action = formAction(() => Promise.resolve('/admin/mulai/7605?saved'));
	const sent = action(requestTo('/?mulai=7600', { actor: { accountId: 'x' }, fields: { a: 'b' } }));
	expect(await addressOf(sent)).toBe('/admin/mulai/7605?saved');
});
