import { setTimeout } from 'node:timers/promises';
import { endListening, listeningBackends, referenceChanges, timesUntilShown } from './support/reference-changes.ts';
import { expect, test } from './support/test.ts';
import { startTwoSites, type TwoSites } from './support/two-sites.ts';

let sites: TwoSites;
test.beforeAll(async () => void (sites = await startTwoSites()));
test.afterAll(() => sites?.stop());

const TRIES = 100;

test('another process shows each of 100 changes within a second', async () => {
	const times = await timesUntilShown(sites, await referenceChanges(sites, { count: TRIES }));
	console.log(`shown after at most ${Math.ceil(Math.max(...times))} ms`);
	expect(times).toHaveLength(TRIES);
	expect(times.filter((time) => time > 1000)).toEqual([]);
});

test('another process shows each change although its LISTEN connection is cut at about that moment', async () => {
	const times = await timesUntilShown(sites, await referenceChanges(sites, { count: TRIES, firstNumber: TRIES }), (n) =>
		setTimeout(n % 20).then(() => endListening(sites))
	);
	console.log(`shown after at most ${Math.ceil(Math.max(...times))} ms, with lost connections`);
	expect(times).toHaveLength(TRIES);
	expect(times.filter((time) => time > 3000)).toEqual([]);
});

test('another process shows a change although its connection is silent', async () => {
	test.skip(process.env.TEST_DATABASE_URL !== undefined, 'stops processes of a database server on this machine');
	let stopped: number[] = [];
	// Wait until the connections that the test above cut are open again.
	await expect.poll(async () => (stopped = await listeningBackends(sites)).length).toBe(2);
	try {
		for (const pid of stopped) process.kill(pid, 'SIGSTOP');
		const times = await timesUntilShown(sites, await referenceChanges(sites, { count: 4, firstNumber: 2 * TRIES }));
		console.log(`shown after at most ${Math.ceil(Math.max(...times))} ms, with silent connections`);
		expect(times).toHaveLength(4);
		expect(times.filter((time) => time > 12_000)).toEqual([]);
	} finally {
		for (const pid of stopped) process.kill(pid, 'SIGCONT');
	}
});
