import { startPushService, type PushService, type TestBrowser } from '../src/lib/dev/testing/channels/push-service.ts';
import { unfixedPushes } from '../src/lib/dev/testing/channels/received.ts';
import { act, openCase } from './support/cases.ts';
import { running } from './support/journey.ts';
import { expectAccessible, signedIn, track } from './support/pages.ts';
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
	// So none of them has a word, name or number of a report.
	expect(unfixedPushes(service.received())).toEqual([]);
});

const WINDOW: BrowserContextOptions = { serviceWorkers: 'allow', permissions: ['notifications'] };

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

/** The message that the push service got for the browser, as the browser decrypts it. */
async function arrived(own: TestBrowser): Promise<string> {
	let texts: string[] = [];
	// Without the notice of the sign-in on a new device, which comes to staff at some time.
	const taken = () => service.take(own).flatMap(({ text }) => (text.includes('"kind":"device_new"') ? [] : [text]));
	await expect.poll(() => (texts = taken()).length, { timeout: 30_000 }).toBe(1);
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
	const { origin } = running();
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
	const context = await browser.newContext({ baseURL: running().origin, ...WINDOW });
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

test('a handler adds a device, tests it and removes it', async () => {
	const page = await signedIn(browser, 'pengelola.mamuju', WINDOW);
	const own = await subscribable(page.context());
	await page.goto('/me');
	await page.getByLabel('Nama perangkat ini').fill('Ponsel loket');
	await page.getByRole('button', { name: 'Nyalakan di perangkat ini' }).click();
	await expect(page.locator('#push')).toContainText('Ponsel loket');
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Kirim percobaan' }).click();
	await expect(page.getByText('Percobaan dikirim.')).toBeVisible();
	const opens = ['/desk/notices'];
	const body = 'Percobaan: pemberitahuan sampai di perangkat ini.';
	expect(await shownFor(page, await arrived(own))).toEqual({ title: 'SPATULA', body, opens });
	await page.getByRole('button', { name: 'Hapus perangkat Ponsel loket' }).click();
	await expect(page.getByText('Belum ada perangkat.')).toBeVisible();
});
