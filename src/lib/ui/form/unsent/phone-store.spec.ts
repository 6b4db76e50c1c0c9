import { expect, it } from 'vitest';
import { usePhoneStore } from '#lib/dev/testing/fake-phone-store.ts';
import { deleteText, isSettled, savedText, saveText } from './phone-store.ts';

const { rows, close, opened } = usePhoneStore();

it('a text can still be stored, read and deleted after the browser has closed the store', async () => {
	await saveText('pengaduan', { body: ['Kursi'] });
	close();
	await saveText('pengaduan', { body: ['Kursi patah.'] });
	close();
	expect(await savedText('pengaduan')).toEqual({ body: ['Kursi patah.'] });
	close();
	await deleteText('pengaduan');
	expect(rows.size).toBe(0);
	// One connection serves all, until the browser closes it.
	expect(opened()).toBe(4);
	expect(await savedText('pengaduan')).toBeUndefined();
	expect(opened()).toBe(4);
});

it.each([
	[204, { location: '/mamuju/nilai/terima-kasih' }, null, true],
	[204, {}, null, false],
	[409, {}, '<main class="page"><h1>Sudah terkirim</h1></main>', true],
	[404, {}, 'default backend - 404', false],
	[503, {}, '<main><h1>Ada gangguan</h1></main>', false]
] as const)('a rating is settled only by the site: %i with %o and %j', async (status, headers, body, settled) => {
	expect(await isSettled(new Response(body, { status, headers }))).toBe(settled);
});
