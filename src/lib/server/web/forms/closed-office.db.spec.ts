import type { Action } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';

test.each(['pengaduan', 'nilai', 'skm'])(
	'the page of an office that closed shows what was written in %s',
	async (form) => {
		const { slug } = await makeUnit({ state: 'closed' });
		const text = 'Antreannya lama sekali.';
		const fields = { submission_id: crypto.randomUUID(), score: '2', body: text, comment: text, suggestion: text };
		const route = await importRoute<{ actions: { default: Action } }>(`(citizen)/[unit]/${form}/+page.server.ts`);
		const sent = route?.actions.default(requestTo(`/${slug}/${form}`, { fields, params: { unit: slug } }));
		await expect(sent).rejects.toMatchObject({ status: 404, body: { unsent: text } });
	}
);
