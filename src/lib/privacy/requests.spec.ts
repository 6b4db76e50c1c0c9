import { expect, test } from 'vitest';
import { trackedRequestInput } from './requests.ts';

test('an error in a new contact counts only for a request that shows its fields', () => {
	const sent = { words: 'Nama saya salah tulis.', email: 'siti@', phone: '08123', submission_id: crypto.randomUUID() };
	expect(trackedRequestInput.parse({ ...sent, kind: 'correction' }).email).toBeUndefined();
	expect(trackedRequestInput.safeParse({ ...sent, kind: 'contact' }).success).toBe(false);
});
