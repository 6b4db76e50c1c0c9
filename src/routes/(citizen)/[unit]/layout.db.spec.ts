import { expect, test } from 'vitest';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { openOffice } from '#lib/server/people/units/find-unit.ts';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { load } from './+layout.server.ts';

test('only an open office has a card, and a page that phones may keep', async () => {
	const dataOf = async (state: 'open' | 'closed' | 'trial') => {
		const { slug } = await makeUnit({ state });
		return load(requestTo(`/${slug}`, { params: { unit: slug } }));
	};
	expect(await dataOf('open')).toMatchObject({ card: expect.any(String) });
	expect(await dataOf('open')).not.toHaveProperty('shared');
	for (const state of ['closed', 'trial'] as const) {
		expect(await dataOf(state)).toMatchObject({ shared: null });
		expect(await dataOf(state)).not.toHaveProperty('card');
	}
});

test('an office shows all ways to reach it that it has recorded', async () => {
	const contact = {
		address: 'Jl. Contoh 1',
		phone: '0426 21000',
		whatsapp: '0812-1000-7604',
		email: 'kantor@contoh.example',
		website: 'http://kantor.contoh.example'
	};
	const { slug } = await makeUnit(contact);
	const data = await load(requestTo(`/${slug}`, { params: { unit: slug } }));
	expect(data).toMatchObject({ unit: contact });
});

test('an office that was closed again does not say that it is not open yet', async () => {
	const titleOf = async (state: 'new' | 'closed' | 'trial') => {
		const { slug } = await makeUnit({ state });
		const refused = await asPage(() => openOffice(slug)).catch((cause: unknown) => cause);
		return (refused as { body: App.Error }).body.title;
	};
	for (const state of ['new', 'trial'] as const) expect(await titleOf(state)).toBe('Layanan ini belum dibuka');
	expect(await titleOf('closed')).toBe('Layanan ini sedang ditutup');
});
