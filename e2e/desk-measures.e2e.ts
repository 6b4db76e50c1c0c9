import { act, openCase } from './support/cases.ts';
import { account } from './support/journey.ts';
import { press, signIn, tabTo, today, verb } from './support/keys.ts';
import { expectFits, openAtDesk, panel, signedIn, WIDE } from './support/pages.ts';
import { expect, test, type Locator, type Page } from './support/test.ts';

const COMPLAINT =
	'Pada hari Senin saya menunggu dua jam di loket satu untuk meminta data harga. Nomor antrean tidak dipanggil ' +
	'berurutan, dan beberapa orang yang datang kemudian dilayani lebih dulu. Ketika saya bertanya, petugas menjawab bahwa ' +
	'mesin antrean sedang rusak. Saya berharap ada papan pengumuman dan seorang petugas yang mengatur giliran.';
const ANSWER = 'Mesin antrean sudah diperbaiki, dan seorang petugas kini mengatur giliran.';

const named = { identity: 'named', reporter: { name: 'Contoh Pelapor', phone: '081355500044' } };

/** Counts what a person does with the mouse, and the pages that the browser then loads. */
function counting(page: Page) {
	const counted = { clicks: 0, loads: 0 };
	page.on('request', (request) => {
		const opened = request.isNavigationRequest() && request.frame() === page.mainFrame();
		// The redirect after a form is part of the same load.
		if (opened && !request.redirectedFrom()) counted.loads += 1;
	});
	const click = async (target: Locator) => {
		counted.clicks += 1;
		await target.click();
	};
	return { counted, click };
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
	const { counted, click } = counting(desk);
	const costs: Record<string, unknown> = {};
	/** What `work` costs from the page of the case. */
	const cost = async (name: string, page: Page, reference: string, work: () => Promise<void>, done: string) => {
		await openAtDesk(page, reference);
		Object.assign(counted, { clicks: 0, loads: 0 });
		await work();
		await expect(page).toHaveURL(new RegExp(`done=${done}`));
		costs[name] = { ...counted };
		expect(counted.clicks, name).toBeLessThanOrEqual(3);
		expect(counted.loads, name).toBeLessThanOrEqual(1);
	};
	const verbLink = (page: Page, path: string) => page.locator(`main a[href*="/${path}"]`).first();
	const { reference } = await openCase({ body: COMPLAINT, ...named });

	await cost(
		'verify',
		desk,
		reference,
		async () => {
			await click(verbLink(desk, 'verification'));
			counted.clicks += 1;
			await panel(desk).locator('[name=category]').selectOption('time');
			await click(panel(desk).locator('button.primary'));
		},
		'verified'
	);
	await cost(
		'assign',
		desk,
		reference,
		async () => {
			await click(verbLink(desk, 'assignment'));
			await click(panel(desk).getByText(account('pengelola2.mamuju').name));
			await click(panel(desk).locator('button.primary'));
		},
		'assigned'
	);
	await cost(
		'ask',
		desk,
		reference,
		async () => {
			await click(verbLink(desk, 'question'));
			await panel(desk).locator('[name=body]').fill('Pukul berapa Anda datang, dan loket mana yang Anda tuju?');
			await click(panel(desk).locator('button.primary'));
		},
		'asked'
	);
	const { reference: other } = await openCase({ body: COMPLAINT });
	await act(other, 'verification', { category: 'time', class: 'plain' });
	await cost(
		'answer',
		desk,
		other,
		async () => {
			await click(verbLink(desk, 'answer'));
			await panel(desk).locator('[name=body]').fill(ANSWER);
			await panel(desk).locator('[name=action]').fill('Mesin antrean diganti.');
			const day = panel(desk).locator('[name=action_on]');
			await day.fill((await day.getAttribute('max')) ?? '');
			await click(panel(desk).locator('button.primary'));
		},
		'drafted'
	);
	const head = await signedIn(browser, 'wakil.mamuju', { viewport: WIDE });
	const atHead = counting(head);
	await openAtDesk(head, other);
	Object.assign(atHead.counted, { clicks: 0, loads: 0 });
	await atHead.click(verbLink(head, 'approval'));
	await atHead.click(panel(head).locator('button.primary').first());
	await expect(head).toHaveURL(/done=approved/);
	expect(atHead.counted.clicks).toBeLessThanOrEqual(3);
	expect(atHead.counted.loads).toBeLessThanOrEqual(1);
	test.info().annotations.push({ type: 'cost', description: JSON.stringify({ ...costs, approve: atHead.counted }) });
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
