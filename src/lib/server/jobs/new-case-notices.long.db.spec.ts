import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { queue, stopQueue } from './queue.ts';
import { startWorkers } from './worker.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { giveEmailAddress, noticesTo } from '#lib/dev/testing/notices.ts';
import { usePushService } from '#lib/dev/testing/channels/use-push-service.ts';
import { addDevice } from '#lib/server/channels/push/subscriptions.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
const server = useMailServer();
const service = usePushService();
afterAll(() => stopQueue(5));

interface Ways {
	address: string;
	endpoint: string;
}

const LIMIT_MS = 10_000;

/** A running clock that can be set. The workers read it too, because they are started inside `withClock`. */
let shift = 0;
const setClock = (local: string) => (shift = new Date(`${local}+08:00`).getTime() - Date.now());
const clock = () => new Date(Date.now() + shift);

/** Push messages that arrived so far, by the address of the browser. */
const pushed: string[] = [];
async function deviceOf(person: Actor): Promise<string> {
	const browser = service().browser();
	await addDevice(person, { device: 'Ponsel', ...browser });
	return browser.endpoint;
}

/** Waits until a person has `times` notices, e-mails and push messages, or the limit has passed. @returns milliseconds */
async function untilNotified(person: Actor, { address, endpoint }: Ways, times: number): Promise<number> {
	const began = Date.now();
	const mailsTo = () => server.emails().filter(({ to }) => to.includes(address)).length;
	const messages = () => {
		pushed.push(
			...service()
				.take()
				.map(({ browser }) => browser.endpoint)
		);
		return pushed.filter((one) => one === endpoint).length;
	};
	while (Date.now() - began < LIMIT_MS) {
		if ((await noticesTo(person)).length === times && mailsTo() === times && messages() === times) break;
		await wait(50);
	}
	return Date.now() - began;
}

test('notifies within 10 s in working hours, at 08:00 after a report at night, and never the named officer', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const ways = { address: await giveEmailAddress(office.handler), endpoint: await deviceOf(office.handler) };
	const ofNamed = { address: await giveEmailAddress(named), endpoint: await deviceOf(named) };
	setClock('2026-11-26T10:00:00');
	await withClock(clock, async () => {
		await startWorkers();
		await makeCase(office.unit, { officer: officer.id });
		const took = await untilNotified(office.handler, ways, 1);
		console.info(`notified after ${took} ms`);
		expect(took).toBeLessThan(LIMIT_MS);

		setClock('2026-11-26T22:00:00');
		await makeCase(office.unit, { officer: officer.id });
		// The schedule of the site does this each minute.
		await queue().send('notice-sweep', {});
		expect(await untilNotified(office.handler, ways, 2)).toBeGreaterThanOrEqual(LIMIT_MS);

		setClock('2026-11-27T08:00:00');
		await queue().send('notice-sweep', {});
		expect(await untilNotified(office.handler, ways, 2)).toBeLessThan(LIMIT_MS);
		expect(await noticesTo(named)).toEqual([]);
		expect(server.emails().filter(({ to }) => to.includes(ofNamed.address))).toEqual([]);
		expect(pushed).not.toContain(ofNamed.endpoint);
	});
}, 60_000);
