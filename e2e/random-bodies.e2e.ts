import { expect, test } from './support/test.ts';
import { attackSite } from '../scripts/chaos-bodies/run.ts';
import { startDemoCopy } from './support/demo-copy.ts';
import { journeys } from './support/journey.ts';
import { TEST_BOOTSTRAP } from './support/site.ts';

/** `npm run chaos:bodies` sends 10,000 and measures the response times. */
test('no random body or query at any form, call or page gives a 5xx on a small heap', async () => {
	// A separate site, because some of the requests change data.
	const site = await startDemoCopy(journeys(), `bodies_${crypto.randomUUID().slice(0, 8)}`, { heapMb: 256 });
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
