import { randomUUID } from 'node:crypto';
import { expect, test } from './support/test.ts';
import { attackSite } from '../scripts/chaos-bodies/run.ts';
import { startDemoCopy } from './support/demo-copy.ts';
import { journeys } from './support/journey.ts';
import { TEST_BOOTSTRAP } from './support/site.ts';

/** `npm run chaos:bodies` sends 10,000 and measures how long each answer takes. */
test('no random body or query, at any form, call or page, is answered with a 5xx on a small heap', async () => {
	// A site of its own: some of what is sent takes effect.
	const site = await startDemoCopy(journeys(), `bodies_${randomUUID().slice(0, 8)}`, { heapMb: 256 });
	try {
		const limit = AbortSignal.timeout(230_000);
		const result = await attackSite(site, TEST_BOOTSTRAP, { bodies: 400, seed: 11, mostMs: 0 }, limit);
		expect(result.failures).toEqual([]);
		expect(result.forms).toBeGreaterThan(80);
		expect(result.calls).toBeGreaterThan(25);
		expect(result.sent).toBeGreaterThanOrEqual(400);
	} finally {
		await site.stop();
	}
});
