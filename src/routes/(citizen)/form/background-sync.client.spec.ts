import { expect, test, vi } from 'vitest';
import { usePhoneStore } from '#lib/dev/testing/fake-phone-store.ts';
import { queueRating } from './background-sync.client.ts';

const { rows } = usePhoneStore();

test.each([
	['whole', true],
	['refused', false]
])('a rating that is %s is left to the service worker: %s', async (_, isValid) => {
	const register = vi.fn<(tag: string) => void>();
	const getRegistration = () => Promise.resolve({ sync: { register } });
	vi.stubGlobal('navigator', { serviceWorker: { getRegistration } });
	vi.stubGlobal('FormData', Map);
	const fields = new Map([
		['submission_id', '1'],
		['comment', 'Antrean tidak bergerak.']
	]);
	const form = Object.assign(fields, { action: '/mamuju/nilai', querySelector: () => (isValid ? null : {}) });
	expect(await queueRating(form as unknown as HTMLFormElement)).toBe(isValid);
	expect([rows.size, register.mock.calls.length]).toEqual(isValid ? [1, 1] : [0, 0]);
});
