import { isRedirect } from '@sveltejs/kit';
import { describe, expect, test } from 'vitest';
import { BY_SCRIPT } from '#lib/ui/form/form-state.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { receiveForTrack } from './track-form.ts';

interface Layout {
	load: (event: unknown) => Promise<unknown>;
}

/**
 * Sends a form of a tracked report from a browser in which no report is open. The response to an error is what the layout
 * throws: it loads after the action and before SvelteKit throws the action's error. After a redirect no layout loads.
 */
async function send(fields: Record<string, string>, headers: Record<string, string> = {}) {
	const event = requestTo('/lacak/laporan/pesan', { fields, headers });
	const acted: unknown = await receiveForTrack(event, () => Promise.reject(new Error('must not be called'))).catch(
		(thrown: unknown) => thrown
	);
	const layout = await importRoute<Layout>('(citizen)/lacak/laporan/+layout.server.ts');
	if (!isRedirect(acted)) await expect(layout?.load(event)).rejects.toEqual(acted);
	throw acted;
}

describe('a form of a report whose time to view it has ended', () => {
	test('is shown with its text, so that the text can be copied', async () => {
		const body = { title: 'Tulisan Anda belum terkirim', unsent: 'Nomor antreannya A12.' };
		await expect(send({ body: ' Nomor antreannya A12. ' })).rejects.toMatchObject({ status: 403, body });
	});

	test('leads to the page that asks for the code if a script keeps the text, or if there is none', async () => {
		const location = '/lacak?habis=kirim';
		await expect(send({ body: 'Ada.' }, { [BY_SCRIPT]: '1' })).rejects.toMatchObject({ status: 303, location });
		await expect(send({ score: '2', comment: '' })).rejects.toMatchObject({ status: 303, location });
	});
});
