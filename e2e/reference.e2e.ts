import { setTimeout } from 'node:timers/promises';
import { endListening, listeningBackends, referenceChanges, timesUntilShown } from './support/reference-changes.ts';
import { expect, test } from './support/test.ts';
import { startTwoSites, type TwoSites } from './support/two-sites.ts';

let office: TwoSites;
test.beforeAll(async () => void (office = await startTwoSites()));
test.afterAll(() => office?.stop());

const TRIES = 100;

test('another process shows each of 100 changes within a second', async () => {
	const times = await timesUntilShown(office, await referenceChanges(office, TRIES));
	console.log(`shown after at most ${Math.ceil(Math.max(...times))} ms`);
	expect(times).toHaveLength(TRIES);
	expect(times.filter((time) => time > 1000)).toEqual([]);
});

test('another process shows each change although its LISTEN connection is cut at about that moment', async () => {
	const times = await timesUntilShown(office, await referenceChanges(office, TRIES, TRIES), (n) =>
		setTimeout(n % 20).then(() => endListening(office))
	);
	console.log(`shown after at most ${Math.ceil(Math.max(...times))} ms, with lost connections`);
	expect(times).toHaveLength(TRIES);
	expect(times.filter((time) => time > 3000)).toEqual([]);
});

test('another process shows a change although its connection is silent', async () => {
	test.skip(process.env.TEST_DATABASE_URL !== undefined, 'stops processes of a database server on this machine');
	let stopped: number[] = [];
	// Wait until the connections that the test above cut are open again.
	await expect.poll(async () => (stopped = await listeningBackends(office)).length).toBe(2);
	try {
		for (const pid of stopped) process.kill(pid, 'SIGSTOP');
		const times = await timesUntilShown(office, await referenceChanges(office, 4, 2 * TRIES));
		console.log(`shown after at most ${Math.ceil(Math.max(...times))} ms, with silent connections`);
		expect(times).toHaveLength(4);
		expect(times.filter((time) => time > 12_000)).toEqual([]);
	} finally {
		for (const pid of stopped) process.kill(pid, 'SIGCONT');
	}
});
