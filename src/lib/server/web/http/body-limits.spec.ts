import { expect, test } from 'vitest';
import { HOOK_BODY } from '#lib/server/uploads/limits.ts';
import { hookBody } from './body-limits.ts';

test('the body of a webhook is counted while it is read, because its length may be unknown', async () => {
	const call = (bytes: number) => {
		const body = new Blob(['x'.repeat(bytes)]).stream();
		// The types of the browser's `fetch` do not know `duplex`, which Node requires here.
		const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
		return hookBody(new Request('http://localhost/api/hooks/whatsapp', init));
	};
	expect(await call(HOOK_BODY)).toHaveLength(HOOK_BODY);
	await expect(call(HOOK_BODY + 1)).rejects.toMatchObject({ status: 413 });
});
