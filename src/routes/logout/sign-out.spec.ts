import { expect, test } from 'vitest';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { POST } from './+server.ts';

test('the next person at the computer gets neither the receipt to print nor the guided path that was open', async () => {
	const jar = new Map([
		['cetak', 'x'],
		['mulai', '7604']
	]);
	expect(await addressOf(POST(requestTo('/logout', { method: 'POST', jar })))).toBe('/login?keluar');
	expect([...jar.keys()].filter((name) => ['cetak', 'mulai'].includes(name))).toEqual([]);
});
