import { act, openCase } from './support/cases.ts';
import { account } from './support/journey.ts';
import { press, signIn, tabTo, today, verb } from './support/keys.ts';
import { expectFits, openAtDesk, panel, signedIn, WIDE } from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

const COMPLAINT =
	'Pada hari Senin saya menunggu dua jam di loket satu untuk meminta data harga. Nomor antrean tidak dipanggil ' +
	'berurutan, dan beberapa orang yang datang kemudian dilayani lebih dulu. Ketika saya bertanya, petugas menjawab bahwa ' +
	'mesin antrean sedang rusak. Saya berharap ada papan pengumuman dan seorang petugas yang mengatur giliran.';
const ANSWER = 'Mesin antrean sudah diperbaiki, dan seorang petugas kini mengatur giliran.';

const named = { identity: 'named', reporter: { name: 'Contoh Pelapor', phone: '081355500044' } };

interface Cost {
	clicks: number;
	loads: number;
}

/**
 * Counts presses of the mouse and chosen options in all pages of a window, and the pages that it loads.
 *
 * @returns a function that gives the count since its last call
 */
async function counting(page: Page): Promise<() => Promise<Cost>> {
	let loads = 0;
	page.on('request', (request) => {
		const opened = request.isNavigationRequest() && request.frame() === page.mainFrame();
		// The redirect after a form is part of the same load.
		if (opened && !request.redirectedFrom()) loads += 1;
	});
	await page.addInitScript(() => {
		const count = () => sessionStorage.setItem('clicks', String(Number(sessionStorage.getItem('clicks')) + 1));
		addEventListener('pointerdown', count, true);
		addEventListener('change', ({ target }) => target instanceof HTMLSelectElement && count(), true);
	});
	return async () => {
		const clicks = await page.evaluate(() => Number(sessionStorage.getItem('clicks')));
		await page.evaluate(() => sessionStorage.removeItem('clicks'));
		const cost = { clicks, loads };
		loads = 0;
		return cost;
	};
}

test('a usual complaint fits in 1,400 px at a desk, and is usable at 1024 px', async ({ browser }) => {
	const { reference } = await openCase({ body: COMPLAINT, ...named });
	await act(reference, 'verification', { category: 'time', class: 'plain' });
	const page = await signedIn(browser, 'pengelola.mamuju', { viewport: WIDE });
	await openAtDesk(page, reference);
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	test.info().annotations.push({ type: 'height', description: `${height} px` });
	expect(height).toBeLessThanOrEqual(1400);
	await expectFits(page, 1024);
	await expect(page.locator('#message-body')).toBeVisible();
});

test('verify, assign, ask, answer and approve need at most three clicks and one load each', async ({ browser }) => {
	const desk = await signedIn(browser, 'pengelola.mamuju', { viewport: WIDE });
	const head = await signedIn(browser, 'wakil.mamuju', { viewport: WIDE });
	const counts = new Map<Page, () => Promise<Cost>>([
		[desk, await counting(desk)],
		[head, await counting(head)]
	]);
	/** Does `work` in the panel of a verb, from the page of the case, and presses the button. */
	const verbCosts = async (page: Page, reference: string, path: string, done: string, work = async () => {}) => {
		await openAtDesk(page, reference);
		await counts.get(page)?.();
		await page.locator(`main a[href*="/${path}"]`).first().click();
		await expect(panel(page)).toBeVisible();
		await work();
		await panel(page).locator('button.primary').first().click();
		await expect(page).toHaveURL(new RegExp(`done=${done}`));
		const cost = await counts.get(page)?.();
		test.info().annotations.push({ type: path, description: JSON.stringify(cost) });
		expect(cost?.clicks, path).toBeLessThanOrEqual(3);
		expect(cost?.loads, path).toBeLessThanOrEqual(1);
	};
	const own = panel(desk);
	const { reference } = await openCase({ body: COMPLAINT, ...named });
	await verbCosts(desk, reference, 'verification', 'verified', async () => {
		await own.locator('[name=category]').selectOption('time');
	});
	await verbCosts(desk, reference, 'assignment', 'assigned', () =>
		own.getByText(account('pengelola2.mamuju').name).click()
	);
	await verbCosts(desk, reference, 'question', 'asked', () =>
		own.locator('[name=body]').fill('Pukul berapa Anda datang, dan loket mana yang Anda tuju?')
	);
	const { reference: other } = await openCase({ body: COMPLAINT });
	await act(other, 'verification', { category: 'time', class: 'plain' });
	await verbCosts(desk, other, 'answer', 'drafted', async () => {
		await own.locator('[name=body]').fill(ANSWER);
		await own.locator('[name=action]').fill('Mesin antrean diganti.');
		const day = own.locator('[name=action_on]');
		await day.fill((await day.getAttribute('max')) ?? '');
	});
	await verbCosts(head, other, 'approval', 'approved');
});

test('ten reports in a row are verified and answered without a mouse', async ({ browser }) => {
	const page = await browser.newPage({ viewport: WIDE });
	await signIn(page, 'pengelola.mamuju');
	for (let n = 0; n < 10; n += 1) {
		const { reference } = await openCase({ body: `${COMPLAINT} Kejadian ke-${n + 1}.` });
		await page.goto(`/desk/cases/${reference}`);
		await verb(page, 'v', 'verification');
		await tabTo(page, panel(page).locator('select[name=category]'));
		await page.keyboard.type('Waktu');
		await press(page, panel(page).locator('button.primary').first());
		await expect(page).toHaveURL(/done=verified/);
		await page.goto(`/desk/cases/${reference}`);
		await verb(page, 'b', 'answer');
		await tabTo(page, panel(page).locator('[name=body]'));
		await page.keyboard.type(ANSWER);
		await tabTo(page, panel(page).locator('[name=action]'));
		await page.keyboard.type('Mesin antrean diganti.');
		await tabTo(page, panel(page).locator('[name=action_on]'));
		await today(page);
		await press(page, panel(page).locator('button.primary').first());
		await expect(page).toHaveURL(/done=drafted/);
	}
});
