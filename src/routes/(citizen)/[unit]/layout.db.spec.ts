import { expect, test } from 'vitest';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { load } from './+layout.server.ts';

useFreshDatabase();

test('only an open office has a card, and a page that phones may keep', async () => {
	const dataOf = async (state: 'open' | 'closed' | 'trial') => {
		const { slug } = await makeUnit({ state });
		const url = new URL(`http://localhost/${slug}`);
		return load({ params: { unit: slug }, url, locals: { lang: 'id' } } as never);
	};
	expect(await dataOf('open')).toMatchObject({ card: expect.any(String) });
	expect(await dataOf('open')).not.toHaveProperty('shared');
	for (const state of ['closed', 'trial'] as const) {
		expect(await dataOf(state)).toMatchObject({ shared: null });
		expect(await dataOf(state)).not.toHaveProperty('card');
	}
});
