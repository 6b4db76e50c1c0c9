import { expect, it } from 'vitest';
import { usePhoneStore } from '#lib/dev/testing/fake-phone-store.ts';
import { deleteText, savedText, saveText } from './phone-store.ts';

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
