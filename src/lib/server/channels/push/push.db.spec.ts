import { eq } from 'drizzle-orm';
import { describe, expect, it, test } from 'vitest';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { pushMessages, pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { findingsOf } from '#lib/server/health/report.ts';
import { changeAccount } from '#lib/server/people/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { accountRow, idOf, makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { notifyOfTimeline, switchOff } from '#lib/dev/testing/notices.ts';
import { ANSWER, atTime, bringTo, entriesOf, on, readCase } from '#lib/dev/testing/office.ts';
import type { TestBrowser } from '#lib/dev/testing/channels/push-service.ts';
import { deliveredBy, kindsOf as kinds, usePushService } from '#lib/dev/testing/channels/use-push-service.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { chooseNotices } from '../notice-choices.ts';
import { notify } from '../notices.ts';
import { deliverPush, dropPushMessages } from './push-delivery.ts';
import { pushPublicKey } from './push-keys.ts';
import { queueNoticePushes, testDevices } from './push-queue.ts';
import { DEFAULT_QUIET, ownQuietHours, setQuietHours } from './quiet-hours.ts';
import { addDevice, devicesOf, removeDevice, switchReporterPush } from './subscriptions.ts';

const office = useOffice();
const service = usePushService();

// Thursday in Makassar (UTC+8).
const TEN = '2026-11-26T02:00:00Z';
const NIGHT = '2026-11-26T14:00:00Z';
const SEVEN = '2026-11-26T23:00:00Z';

async function deviceOf(actor: Actor, device = 'Ponsel'): Promise<TestBrowser> {
	const browser = service().browser();
	await addDevice(actor, { device, ...browser });
	return browser;
}

const delivered = (of?: TestBrowser) => deliveredBy(service(), of);

const assign = async (to: Actor, body = 'Kursi di ruang tunggu kurang banyak sekali.') => {
	const { reference } = await makeCase(office.unit, { body });
	await assignCase(office.supervisor, reference, await on(reference, { assignee: to.accountId }));
	await notifyOfTimeline(reference);
	return reference;
};

test('the key pair is made once, and the private key is sealed', async () => {
	const [row] = await db().select().from(settings).where(eq(settings.key, 'push_keys'));
	expect(row?.value).toEqual({
		publicKey: await pushPublicKey(),
		privateSealed: expect.stringMatching(/^eyJ.*\..*\./)
	});
});

describe('push messages to staff', () => {
	it('are one per person, occasion and device', async () => {
		const [phone, laptop] = [await deviceOf(office.handler), await deviceOf(office.handler, 'Laptop')];
		await atTime(TEN, async () => {
			const reference = await assign(office.handler);
			await notifyOfTimeline(reference);
			expect(await delivered()).toHaveLength(2);
			await notifyOfTimeline(reference);
			expect(await delivered()).toEqual([]);
		});
		expect(phone.endpoint).not.toBe(laptop.endpoint);
	});

	it('wait for the end of the person’s quiet hours, also after a failed attempt', async () => {
		const colleague = await makeActor([[office.unit.id, 'handler']]);
		expect(await ownQuietHours(colleague)).toEqual(DEFAULT_QUIET);
		await setQuietHours(colleague, { begins: '00:00', ends: '00:00' });
		expect(await ownQuietHours(colleague)).toMatchObject({ begins: '00:00', ends: '00:00' });
		const [waiting, awake] = [await deviceOf(office.handler), await deviceOf(colleague)];
		await atTime('2026-11-26T11:59:30Z', async () => {
			service().answer(503);
			await assign(office.handler, 'Pendingin ruang tunggu mati sejak pagi tadi.');
			expect(await delivered(waiting)).toHaveLength(1);
			service().answer(201);
		});
		await atTime(NIGHT, async () => {
			await assign(office.handler);
			await assign(colleague);
			expect(await delivered(waiting)).toEqual([]);
			expect(service().take(awake)).toHaveLength(1);
		});
		const early = new Date(new Date(SEVEN).getTime() - MINUTE_MS);
		await atTime(early, async () => expect(await delivered()).toEqual([]));
		await atTime(SEVEN, async () => expect(kinds(await delivered(waiting))).toEqual(['assigned', 'assigned']));
	});

	it('wait by the time of the office of an officer without a role', async () => {
		const east = await makeUnit({ parent: office.root, timeZone: 'Asia/Jayapura' });
		const [, officer] = await makeOfficerWithAccount(east.id, []);
		const browser = await deviceOf(officer);
		// 20.30 in Jayapura, 19.30 at the root.
		await atTime('2026-11-26T11:30:00Z', async () => {
			await transaction((tx) => queueNoticePushes(tx, [idOf(officer)], { kind: 'assigned', onceKey: 'east' }));
			expect(await delivered(browser)).toEqual([]);
		});
	});

	it('are switched off by kind, apart from the e-mails, except those that are always sent', async () => {
		await deviceOf(office.handler);
		await chooseNotices(office.handler, { wanted: ['mentioned'] }, 'push');
		await atTime(TEN, async () => {
			for (const kind of ['assigned', 'mentioned', 'clock_overdue'] as const)
				await transaction((tx) =>
					notify(tx, [idOf(office.handler)], { kind, occasion: 1, data: { clock: 'solution' }, page: '/desk' })
				);
			expect(kinds(await delivered()).sort()).toEqual(['clock_overdue', 'mentioned']);
		});
	});

	it('never reach an officer whom the case names', async () => {
		const [officer, named] = await makeOfficerWithAccount(office.unit.id);
		const [browser, handler] = [await deviceOf(named), await deviceOf(office.handler)];
		await atTime(TEN, async () => {
			const { reference } = await makeCase(office.unit, { officer: officer.id });
			await notifyOfTimeline(reference, { opening: true });
			expect(kinds(await delivered(handler))).toEqual(['new_case']);
			expect(service().take(browser)).toEqual([]);
		});
	});

	it('test a device at any hour; a removed device gets nothing', async () => {
		const [phone, laptop] = [await deviceOf(office.handler), await deviceOf(office.handler, 'Laptop')];
		const [first] = await devicesOf(office.handler);
		await removeDevice(office.supervisor, first?.id ?? '');
		await atTime(NIGHT, () => testDevices(office.handler));
		await atTime(NIGHT, async () => expect(kinds(await delivered())).toEqual(['test', 'test']));
		await removeDevice(office.handler, first?.id ?? '');
		await atTime(NIGHT, () => testDevices(office.handler));
		await atTime(NIGHT, async () => expect(await delivered(laptop)).toHaveLength(1));
		expect(service().take(phone)).toEqual([]);
	});

	it('end in the commit that switches the account off', async () => {
		await deviceOf(office.handler);
		const admin = await makeActor([
			[office.root.id, 'admin'],
			[office.unit.id, 'admin']
		]);
		const { name } = await accountRow(office.handler);
		await changeAccount(admin, idOf(office.handler), { name, active: 'false' });
		expect(await devicesOf(office.handler)).toEqual([]);
		await deviceOf(office.supervisor);
		await switchOff(office.supervisor);
		expect(await devicesOf(office.supervisor)).toEqual([]);
	});

	it('keep the five newest devices, and one row per browser', async () => {
		const browsers = [];
		for (let n = 1; n <= 6; n++) browsers.push(await deviceOf(office.handler, `Perangkat ${n}`));
		const names = async () => (await devicesOf(office.handler)).map(({ device }) => device);
		expect(await names()).toEqual([2, 3, 4, 5, 6].map((n) => `Perangkat ${n}`));
		await addDevice(office.handler, { device: 'Baru', ...browsers[5] });
		expect((await names()).at(-1)).toBe('Baru');
		expect(await names()).toHaveLength(5);
	});
});

it.each([
	{ endpoint: 'https://10.0.0.1/x' },
	{ endpoint: 'http://push.example.org/x' },
	{ p256dh: 'short' },
	{ auth: 'short' },
	{ device: '' }
])('refuses the subscription %o', async (wrong) => {
	const given = { device: 'Ponsel', ...service().browser(), ...wrong };
	await expect(addDevice(office.handler, given)).rejects.toMatchObject({ name: 'Invalid' });
});

test('the address of a browser is stored sealed, beside a keyed hash', async () => {
	const { endpoint, auth } = await deviceOf(office.handler);
	const stored = JSON.stringify(await db().select().from(pushSubscriptions));
	for (const secret of [endpoint, new URL(endpoint).pathname.slice(1), auth]) expect(stored).not.toContain(secret);
});

describe('delivery', () => {
	it('deletes a subscription that has ended, with its messages', async () => {
		await deviceOf(office.handler);
		for (const status of [404, 410]) {
			service().answer(status);
			await deviceOf(office.handler);
			await atTime(TEN, () => assign(office.handler));
			await atTime(TEN, () => delivered());
			expect(await devicesOf(office.handler)).toEqual([]);
		}
		service().answer(201);
		expect(await db().select().from(pushMessages)).toEqual([]);
	});

	it('is tried again after one, five and fifteen minutes, for a day, and once per attempt', async () => {
		const browser = await deviceOf(office.handler);
		service().answer(503);
		let minutes = 0;
		const after = (more: number) => {
			minutes += more;
			return withClock(
				() => new Date(new Date(TEN).getTime() + minutes * MINUTE_MS),
				() => delivered(browser)
			);
		};
		await atTime(TEN, () => assign(office.handler));
		expect(await after(0)).toHaveLength(1);
		expect(await after(0.9)).toEqual([]);
		expect(await after(0.1)).toHaveLength(1);
		const [{ id = '' } = {}] = await db().select().from(pushMessages);
		await atTime(TEN, () => deliverPush(id, 1));
		expect(service().take()).toEqual([]);
		expect(await after(5)).toHaveLength(1);
		expect(await after(15)).toHaveLength(1);
		expect(await after(59)).toEqual([]);
		expect(await after(1)).toHaveLength(1);
		expect(await after(24 * 60)).toEqual([]);
		expect(await db().select().from(pushMessages)).toEqual([]);
		service().answer(201);
	});

	it('waits as long as the push service asks for', async () => {
		await deviceOf(office.handler);
		service().answer(429, { 'retry-after': '1800' });
		await atTime(TEN, () => assign(office.handler));
		await atTime(TEN, () => delivered());
		const after = (minutes: number) =>
			atTime(new Date(new Date(TEN).getTime() + minutes * MINUTE_MS), () => delivered());
		expect(await after(29)).toEqual([]);
		service().answer(201);
		expect(await after(30)).toHaveLength(1);
	});

	it('is reported as trouble after five refused messages in a row, until one is sent', async () => {
		const tested = async (actor: Actor, times: number) => {
			for (let n = 0; n < times; n++) {
				await testDevices(actor);
				await delivered();
			}
			return (await findingsOf('push')).map(({ condition, code, data }) => [condition, code, data?.count]);
		};
		await deviceOf(office.handler);
		service().answer(403);
		expect(await tested(office.handler, 4)).toEqual([]);
		expect(await tested(office.handler, 1)).toEqual([['bad', 'push_refused', 5]]);
		service().answer(201);
		expect(await tested(office.handler, 1)).toEqual([]);
	});

	it('gives a message up if the push service refuses it, and drops all after a restore', async () => {
		await deviceOf(office.handler);
		service().answer(413);
		await atTime(TEN, () => assign(office.handler));
		await atTime(TEN, async () => expect(await delivered()).toHaveLength(1));
		service().answer(201);
		await atTime(new Date(new Date(TEN).getTime() + 120 * MINUTE_MS), async () =>
			expect(await delivered()).toEqual([])
		);
		await atTime(TEN, () => assign(office.handler));
		await transaction(dropPushMessages);
		await atTime(TEN, async () => expect(await delivered()).toEqual([]));
	});
});

test('nothing that is sent holds words, number, name or receipt of a report', async () => {
	const person = { name: 'Andi Rahasia', email: 'andi@contoh.invalid' };
	const { reference, receipt } = await atTime(TEN, () =>
		makeCase(office.unit, { body: 'Antrean di loket tidak bergerak.', identity: 'named', reporter: person })
	);
	const { id } = await readCase(reference);
	for (const actor of [office.handler, office.supervisor, office.rootSupervisor]) {
		await deviceOf(actor);
		await setQuietHours(actor, { begins: '00:00', ends: '00:00' });
	}
	await switchReporterPush(id, { wish: 'on', ...service().browser() });
	const step = async (work: () => Promise<unknown>) => {
		await work();
		await notifyOfTimeline(reference, { opening: true });
		await writeToReporters(await entriesOf(reference));
	};
	await atTime(TEN, async () => {
		await step(async () => undefined);
		await step(() => bringTo(office, reference, 'needs_info'));
		await step(() => writeToOffice(id, { body: 'Kejadiannya hari Senin di loket.' }));
		await step(() => bringTo(office, reference, 'answered'));
		await step(() => submitObjection(id, { body: 'Belum menjawab antrean saya.' }));
	});
	const texts = await atTime(TEN, () => delivered());
	const expected = ['new_case', 'question', 'info_given', 'news', 'disputed'];
	expect(kinds(texts)).toEqual(expect.arrayContaining(expected));
	const sent = texts.join('\n');
	const code = receipt ?? '';
	const forbidden = ['Antrean', 'loket', 'Andi', 'contoh.invalid', ANSWER.slice(0, 20), office.unit.name, reference];
	for (const word of [...forbidden, reference.slice(-6), code, code.replaceAll('-', ''), String(id)])
		expect(sent).not.toContain(word);
	for (const text of texts) expect(Object.keys(JSON.parse(text) as object)).toEqual(['kind', 'text', 'page']);
});
