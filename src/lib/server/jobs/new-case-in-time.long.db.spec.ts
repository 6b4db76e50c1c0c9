import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { queue, stopQueue } from './queue.ts';
import { startWorkers } from './worker.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { giveEmailAddress, noticesTo } from '#lib/dev/testing/notices.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
const server = useMailServer();
afterAll(() => stopQueue(5));

const LIMIT_MS = 10_000;

/** A running clock that can be set. The workers read it too, because they are started inside `withClock`. */
let shift = 0;
const setClock = (local: string) => (shift = new Date(`${local}+08:00`).getTime() - Date.now());
const clock = () => new Date(Date.now() + shift);

/** Milliseconds until a person has so many notices and letters, at most the limit. */
async function untilNotified(person: Actor, address: string, times: number): Promise<number> {
	const began = Date.now();
	const lettersTo = () => server.letters().filter(({ to }) => to.includes(address)).length;
	while (Date.now() - began < LIMIT_MS) {
		if ((await noticesTo(person)).length === times && lettersTo() === times) break;
		await wait(50);
	}
	return Date.now() - began;
}

test('people are notified of a report at 10:00 within 10 s, and of one at 22:00 at 08:00; the named officer is never', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const address = await giveEmailAddress(office.handler);
	const ofNamed = await giveEmailAddress(named);
	setClock('2026-11-26T10:00:00');
	await withClock(clock, async () => {
		await startWorkers();
		await makeCase(office.unit, { officer: officer.id });
		const took = await untilNotified(office.handler, address, 1);
		console.info(`notified after ${took} ms`);
		expect(took).toBeLessThan(LIMIT_MS);

		setClock('2026-11-26T22:00:00');
		await makeCase(office.unit, { officer: officer.id });
		// The schedule of the site does this each minute.
		await queue().send('reminder-sweep', {});
		expect(await untilNotified(office.handler, address, 2)).toBeGreaterThanOrEqual(LIMIT_MS);

		setClock('2026-11-27T08:00:00');
		await queue().send('reminder-sweep', {});
		expect(await untilNotified(office.handler, address, 2)).toBeLessThan(LIMIT_MS);
		expect(await noticesTo(named)).toEqual([]);
		expect(server.letters().filter(({ to }) => to.includes(ofNamed))).toEqual([]);
	});
}, 60_000);
