import { withUndo, type Undo } from '../scripts/run-until-signal.ts';
import { startMailCatcher } from '../src/lib/dev/mail-catcher.ts';
import { startPushService, type PushService, type TestBrowser } from '../src/lib/dev/testing/channels/push-service.ts';
import { pushesOutsideFixedTexts } from '../src/lib/dev/testing/channels/received.ts';
import { makeActor, makeOfficerWithAccount, makePlace, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { giveEmailAddress } from '../src/lib/dev/testing/notices.ts';
import { db } from '../src/lib/server/db/index.ts';
import { rosterShifts } from '../src/lib/server/db/schema/units.ts';
import { act, openCase } from './support/cases.ts';
import { running } from './support/journey.ts';
import { openOwnSite, withPasswords } from './support/own-site.ts';
import { expectAccessible, signedIn, signedInAt, track } from './support/pages.ts';
import {
	expect,
	fullBrowser,
	test,
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
	type Page
} from './support/test.ts';

let service: PushService;
let browser: Browser;
test.beforeAll(async () => {
	service = await startPushService();
	browser = await fullBrowser();
});
test.afterAll(async () => {
	service.close();
	await browser.close();
	// Each message is one of the fixed texts, so it contains nothing of a report.
	expect(pushesOutsideFixedTexts(service.received())).toEqual([]);
});

const CONTEXT_OPTIONS: BrowserContextOptions = { serviceWorkers: 'allow', permissions: ['notifications'] };

/** Gives the browser a subscription at the local push service, because tests can't use the browser's own. */
async function subscribable(context: BrowserContext): Promise<TestBrowser> {
	const own = service.browser();
	await context.addInitScript(({ endpoint, ...keys }) => {
		const given = { endpoint, toJSON: () => ({ endpoint, keys }) } as unknown as PushSubscription;
		PushManager.prototype.subscribe = async () => {
			sessionStorage.subscribed = 'yes';
			return given;
		};
		PushManager.prototype.getSubscription = async () => (sessionStorage.subscribed ? given : null);
	}, own);
	return own;
}

/**
 * Takes the decrypted messages to this browser. Leaves out `device_new`, which can arrive at any time after a sign-in.
 */
const takeMessages = (own: TestBrowser): string[] =>
	service.take(own).flatMap(({ text }) => (text.includes('"kind":"device_new"') ? [] : [text]));

/** Waits for a message to the browser. */
async function arrived(own: TestBrowser): Promise<string> {
	let texts: string[] = [];
	await expect.poll(() => (texts = takeMessages(own)).length, { timeout: 30_000 }).toBe(1);
	return texts[0] ?? '';
}

/** Hands a message to the service worker, as the browser does. @returns what it shows, and the page that a tap opens */
async function shownFor(page: Page, data: string) {
	const tools = await page.context().newCDPSession(page);
	const registrationId = await new Promise<string>((done) => {
		tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			const found = registrations.find(({ scopeURL }) => scopeURL.endsWith('/lacak/kabar'));
			if (found) done(found.registrationId);
		});
		void tools.send('ServiceWorker.enable');
	});
	const { origin } = new URL(page.url());
	await tools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
	const notifications = () =>
		page.evaluate(async () => {
			const registration = await navigator.serviceWorker.getRegistration('/lacak/kabar');
			const shown = (await registration?.getNotifications()) ?? [];
			return shown.map(({ title, body }) => ({ title, body }));
		});
	await expect.poll(async () => (await notifications()).length).toBe(1);
	const [shown] = await notifications();
	const workers = page.context().serviceWorkers();
	const opens = (await Promise.all(workers.map((worker) => worker.evaluate(openedByTap)))).flat();
	return { ...shown, opens };
}

/** Runs in the worker: taps the notification. Only a real tap may open a window, so the address is caught instead. */
async function openedByTap(): Promise<string[]> {
	const worker = globalThis as unknown as ServiceWorkerGlobalScope;
	const opened: string[] = [];
	worker.clients.openWindow = async (address) => {
		opened.push(String(address));
		return null;
	};
	const [notification] = await worker.registration.getNotifications();
	if (notification) worker.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
	return opened;
}

async function phone() {
	const context = await browser.newContext({ baseURL: running().origin, ...CONTEXT_OPTIONS });
	const own = await subscribable(context);
	return { own, page: await context.newPage() };
}

test('an unnamed reporter is notified of a question, without any text of the report', async () => {
	const { reference, receipt } = await openCase();
	const { own, page } = await phone();
	await track(page, receipt);
	await page.getByRole('button', { name: 'Nyalakan pemberitahuan' }).click();
	await expect(page.getByText('Pemberitahuan menyala di perangkat ini.')).toBeVisible();
	await expectAccessible(page);
	await act(reference, 'information-request', { body: 'Kursi mana yang rusak?' });
	const text = await arrived(own);
	expect(text).not.toContain('Kursi');
	const opens = ['/lacak'];
	const body = 'Ada pertanyaan yang menunggu jawaban Anda.';
	expect(await shownFor(page, text)).toEqual({ title: 'SPATULA', body, opens });

	await page.goto('/lacak/laporan');
	await page.getByRole('button', { name: 'Matikan pemberitahuan' }).click();
	await expect(page.getByText('Pemberitahuan di perangkat ini mati.')).toBeVisible();
});

/** Allows push messages to a member of staff in their window. */
async function addDevice(page: Page): Promise<TestBrowser> {
	const own = await subscribable(page.context());
	await page.goto('/me');
	await page.getByLabel('Nama perangkat ini').fill('Ponsel loket');
	await page.getByRole('button', { name: 'Nyalakan di perangkat ini' }).click();
	await expect(page.locator('#push')).toContainText('Ponsel loket');
	return own;
}

test('a handler adds a device, tests it and removes it', async () => {
	const page = await signedIn(browser, 'penangan.mamuju', CONTEXT_OPTIONS);
	const own = await addDevice(page);
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Kirim percobaan' }).click();
	await expect(page.getByText('Percobaan dikirim.')).toBeVisible();
	const opens = ['/desk/notices'];
	const body = 'Percobaan: pemberitahuan sampai di perangkat ini.';
	expect(await shownFor(page, await arrived(own))).toEqual({ title: 'SPATULA', body, opens });
	await page.getByRole('button', { name: 'Hapus perangkat Ponsel loket' }).click();
	await expect(page.getByText('Belum ada perangkat.')).toBeVisible();
});

const imported = ['local-push', 'thursday-at-ten'].map(
	(name) => `--import=${import.meta.resolve(`./support/${name}.ts`)}`
);

/** A separate installation where it is 10:00 on a working day. Of two handlers, one is on the roster of the day. */
const openOffice = (mailServer: string) =>
	openOwnSite(
		'push',
		async () => {
			const unit = await makeUnit();
			const [officer, onDuty] = await makeOfficerWithAccount(unit.id);
			const { id: placeId } = await makePlace(unit.id, { kind: 'desk' });
			await db()
				.insert(rosterShifts)
				.values({ placeId, officerId: officer.id, weekday: 4, startsAt: '08:00', endsAt: '16:00' });
			const other = await makeActor([[unit.id, 'handler']]);
			await giveEmailAddress(other);
			const address = await giveEmailAddress(onDuty);
			return { unit, address, people: await withPasswords({ onDuty, other }) };
		},
		{ SMTP_URL: mailServer, MAIL_FROM: 'SPATULA <spatula@contoh.invalid>', NODE_OPTIONS: imported.join(' ') }
	);

test('a new report at 10:00 reaches the handler on duty within 10 s by the bell, a push message and an e-mail', () =>
	withUndo(reachesHandlerOnDuty));

async function reachesHandlerOnDuty(undo: Undo): Promise<void> {
	const mailServer = await startMailCatcher({ port: 0, file: null });
	undo.push(mailServer.close);
	const office = await openOffice(mailServer.url);
	undo.push(office.stop);
	const page = await signedInAt(browser, office.origin, office.people.onDuty, CONTEXT_OPTIONS);
	const own = await addDevice(page);
	const pushed: string[] = [];

	const { reference } = await openCase({ unit: office.unit.code }, office);
	const committed = Date.now();
	const bell = page.getByRole('link', { name: /^Pemberitahuan/ }).first();
	const notifications = async () => {
		await page.goto('/desk/notices');
		pushed.push(...takeMessages(own));
		return {
			bell: await bell.innerText(),
			notices: await page.getByRole('listitem').filter({ hasText: reference }).count(),
			pushed: pushed.length,
			emails: mailServer.emails().flatMap(({ to, subject }) => (subject.includes(reference) ? [to] : []))
		};
	};
	// The time limit is the requirement itself, counted from the response to the reporter, which follows the commit.
	await expect
		.poll(notifications, { timeout: 10_000, intervals: [100] })
		.toEqual({ bell: expect.stringMatching(/\b1 belum dibaca/), notices: 1, pushed: 1, emails: [office.address] });
	const shown = await shownFor(page, pushed[0] ?? '');
	console.info(`the handler on duty was notified after ${Date.now() - committed} ms`);
	expect(shown).toEqual({ title: 'SPATULA', body: 'Laporan baru tanpa penangan', opens: ['/desk'] });

	const other = await signedInAt(browser, office.origin, office.people.other);
	await other.goto('/desk/notices');
	await expect(other.getByRole('main')).not.toContainText(reference);
}
