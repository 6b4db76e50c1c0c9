import { expect, test } from 'vitest';
import { actionAddress } from './action-address.ts';

test('the address of a form keeps the guided path, before its fragment', () => {
	const made = new URL('https://contoh.go.id/admin/places/1?saved&made&langkah=7604');
	expect(actionAddress(made, 'pair#devices')).toBe('?/pair&langkah=7604#devices');
	expect(actionAddress(made)).toBe('?&langkah=7604');
	expect(actionAddress(new URL('https://contoh.go.id/admin/places/1'), 'renew')).toBe('?/renew');
});
