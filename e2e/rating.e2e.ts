import { CORE, expect, test, type Browser, type Locator, type Page } from './support/test.ts';
import { expectAccessible, expectFits, phoneWithoutScripts } from './support/pages.ts';

const DESK = 'MMJPTG';
const BOX = 'MMJKTK';

/** Opens a printed code on a phone without scripts and counts each tap from then on. */
async function scanned(browser: Browser, code: string, path: string) {
	const page = await phoneWithoutScripts(browser);
	await page.goto(`/q/${code}`);
	await expect(page).toHaveURL(path);
	const begun = Date.now();
	let taps = 0;
	const tap = async (target: Locator) => {
		taps++;
		await target.click();
	};
	const counted = () => {
		const description = `${taps} taps, ${((Date.now() - begun) / 1000).toFixed(1)} s`;
		test.info().annotations.push({ type: `from ${path} to the thank-you page`, description });
		return taps;
	};
	return { page, tap, counted };
}

const score = (page: Page, words: string) => page.getByRole('radio', { name: words, exact: true });
const send = (page: Page) => page.getByRole('button', { name: 'Kirim penilaian' });
const chip = (page: Page, words: string) => page.getByRole('checkbox', { name: words, exact: true });

test('a desk’s code leads to the thank-you page in two taps with scripts off', { tag: CORE }, async ({ browser }) => {
	const { page, tap, counted } = await scanned(browser, DESK, '/mamuju/nilai');
	await expect(page.getByText('Anda dilayani oleh')).toBeVisible();
	await expect(page.locator('[name=officer]')).toHaveCount(1);
	await expect(page.getByRole('link', { name: 'Saran atau pengaduan?' })).toBeInViewport({ ratio: 1 });
	// Five in one row, each large enough for a thumb, also on the narrowest phone.
	await page.setViewportSize({ width: 320, height: 640 });
	const boxes = await page.locator('[name=score]').evaluateAll((all) => all.map((one) => one.getBoundingClientRect()));
	expect(boxes.filter(({ width, height, top }) => width >= 48 && height >= 48 && top === boxes[0]?.top)).toHaveLength(
		5
	);
	// A tap on the words below them chooses no score.
	const words = await page.locator('.scores .ends').boundingBox();
	await page.mouse.click((words?.x ?? 0) + 8, (words?.y ?? 0) + 4);
	await expect(page.locator('[name=score]:checked')).toHaveCount(0);
	await page.setViewportSize({ width: 360, height: 780 });
	await tap(score(page, 'Sangat puas'));
	// The chips that appear leave the button in sight.
	await expect(chip(page, 'Ramah')).toBeInViewport({ ratio: 1 });
	await expect(send(page)).toBeInViewport({ ratio: 1 });
	await tap(send(page));
	await expect(page).toHaveURL('/mamuju/nilai/terima-kasih');
	expect(counted()).toBe(2);
	await expect(page.getByText('Penilaian Anda tidak ditampilkan satu per satu')).toBeVisible();
	await expect(page.getByRole('region', { name: 'Nilai yang Anda beri' })).toContainText(
		/Sangat puas.*Petugas Contoh 1/
	);
	// The rating is done, so the page's loud button ends it, also in the browser of a small phone.
	await page.setViewportSize({ width: 360, height: 560 });
	await expect(page.getByRole('link', { name: 'Selesai' })).toBeInViewport({ ratio: 1 });
	await expect(page.locator('main .primary')).toHaveText('Selesai');
	await expect(page.getByRole('link', { name: 'Tulis pujian' })).toBeVisible();
	await page.reload();
	await expect(page.getByText('Sangat puas')).toHaveCount(0);
});

test(
	'a box’s code leads to the thank-you page in four taps with an officer, and in three without one, with scripts off',
	{ tag: CORE },
	async ({ browser }) => {
		const rate = { name: /Nilai petugas/ };
		const named = await scanned(browser, BOX, '/mamuju');
		await named.tap(named.page.getByRole('link', rate));
		await named.tap(named.page.getByRole('radio', { name: /^Petugas Contoh 1/ }));
		await named.tap(score(named.page, 'Sangat tidak puas'));
		await named.tap(send(named.page));
		await expect(named.page).toHaveURL('/mamuju/nilai/terima-kasih');
		expect(named.counted()).toBe(4);

		const unnamed = await scanned(browser, BOX, '/mamuju');
		await unnamed.tap(unnamed.page.getByRole('link', rate));
		await unnamed.tap(score(unnamed.page, 'Puas'));
		await unnamed.tap(send(unnamed.page));
		await expect(unnamed.page).toHaveURL('/mamuju/nilai/terima-kasih');
		expect(unnamed.counted()).toBe(3);
	}
);

test('the chips fit the score with scripts off', { tag: CORE }, async ({ browser }) => {
	const page = await phoneWithoutScripts(browser);
	await page.goto('/mamuju/nilai');
	await expect(page.getByRole('checkbox')).toHaveCount(0);
	await score(page, 'Puas').click();
	await expect(page.getByRole('checkbox')).toHaveCount(4);
	await chip(page, 'Ramah').check();
	await score(page, 'Sangat tidak puas').click();
	await expect(page.getByRole('checkbox')).toHaveCount(4);
	await expect(chip(page, 'Ramah')).toHaveCount(0);
	await expect(chip(page, 'Menunggu lama')).toBeVisible();
	await send(page).click();
	await expect(page).toHaveURL('/mamuju/nilai/terima-kasih');
});

test(
	'a rating of 1 with scripts on offers the complaint form, prefilled with officer and service',
	{ tag: CORE },
	async ({ page }) => {
		await page.goto(`/q/${BOX}`);
		await expectAccessible(page);
		await page.getByRole('link', { name: /Nilai petugas/ }).click();
		await expect(page).toHaveURL(/\/mamuju\/nilai/);
		await expectAccessible(page);
		await page.getByText('Petugas lain').click();
		await page.getByRole('radio', { name: 'Petugas Contoh 3' }).check();
		const officer = await page.locator('[name=officer]:checked').inputValue();
		await score(page, 'Sangat tidak puas').check();
		// The button sticks to the lower edge, so a chip in the viewport may still be behind it.
		await expect(chip(page, 'Menunggu lama')).toBeInViewport({ ratio: 1 });
		const edge = (locator: Locator, side: 'top' | 'bottom') =>
			locator.evaluate((element, side) => element.getBoundingClientRect()[side], side);
		await expect
			.poll(async () => (await edge(chip(page, 'Menunggu lama'), 'bottom')) <= (await edge(send(page), 'top')))
			.toBe(true);
		await page.getByText('Tambah keterangan').click();
		await page.locator('[name=comment]').fill('Lama sekali menunggu.');
		await send(page).click();
		// No address reveals what somebody thought of an officer, because a phone keeps its history.
		await expect(page).toHaveURL('/mamuju/nilai/terima-kasih');
		await expectAccessible(page);
		// A person who wants no help sees how to end the visit.
		await page.setViewportSize({ width: 360, height: 640 });
		for (const name of ['Sampaikan pengaduan', 'Selesai'])
			await expect(page.getByRole('link', { name })).toBeInViewport({ ratio: 1 });
		await page.getByRole('link', { name: 'English' }).click();
		await page
			.locator('main')
			.getByRole('link', { name: /complaint/i })
			.first()
			.click();
		await expect(page).toHaveURL('/mamuju/pengaduan');
		await expect(page.locator('[name=officer]')).toHaveValue(officer);
		await expect(page.getByText('About an officer?')).toHaveCount(0);
	}
);

test('a mistyped code of a sheet can be typed again, or an office chosen', { tag: CORE }, async ({ page }) => {
	expect((await page.goto('/q/ZZZZZZ'))?.status()).toBe(404);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Kode ini tidak dikenal');
	await expect(page.getByRole('link', { name: /Mamuju/ }).first()).toBeVisible();
	await expectAccessible(page);
	await expect(page.getByLabel('Kode di lembar QR')).toHaveValue('ZZZZZZ');
	await page.getByLabel('Kode di lembar QR').fill(DESK);
	await page.getByRole('button', { name: 'Buka' }).click();
	await expect(page).toHaveURL('/mamuju/nilai');
});

/** The words of plain elements that break inside. */
const brokenWords = (elements: Element[]) =>
	elements.flatMap(({ firstChild }) => {
		const range = document.createRange();
		return [...(firstChild?.textContent ?? '').matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
			if (!firstChild) return [];
			range.setStart(firstChild, index);
			range.setEnd(firstChild, index + word.length);
			return range.getClientRects().length > 1 ? [word] : [];
		});
	});

test('letters twice as large fit a phone, also with a long name', async ({ page }) => {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
	await page.goto('/mamuju');
	await page.setViewportSize({ width: 360, height: 780 });
	expect(await page.locator('.office li .grow > *').evaluateAll(brokenWords)).toEqual([]);
	await expect(page.getByText('Saran, pengaduan, dan penilaian petugas')).toBeHidden();
	// An office may add its hours to its number.
	for (const number of await page.locator('address .number').all())
		await number.evaluate((element) => (element.textContent = '(0426) 21001, 21002 (Senin–Jumat 08–16)'));
	await expectFits(page, 360);
	await page.goto(`/q/${DESK}`);
	for (const path of ['/mamuju/nilai', '/mamuju/nilai?petugas=semua', '/mamuju/skm/hasil']) {
		await page.goto(path);
		expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px');
		const names = page.locator('.served strong, .options .name');
		if (path.startsWith('/mamuju/nilai')) await expect(names.first()).toBeVisible();
		for (const name of await names.all())
			await name.evaluate(
				(element) =>
					(element.textContent = 'dr. Muhammad Abdurrahman Wahid Situmorang-Karaengpattunuang, S.ST., M.Si., Ph.D.')
			);
		await expectFits(page, 360);
	}
	// The chips that appear don't push the chosen score off the screen.
	await page.setViewportSize({ width: 360, height: 640 });
	await page.goto('/mamuju/nilai');
	await page.locator('form[data-live]').waitFor();
	await page.locator('[name=score][value="5"]').check({ force: true });
	await expect(page.getByText('Apa yang baik?')).toBeInViewport();
	await expect(page.locator('.scores .words').last()).toBeInViewport({ ratio: 1 });
});

test('a rating without a score is shown again with everything typed', { tag: CORE }, async ({ page }) => {
	await page.goto('/mamuju/nilai');
	await page.getByText('Tambah keterangan').click();
	await page.locator('[name=comment]').fill('Petugasnya ramah.');
	const [answer] = await Promise.all([
		page.waitForResponse((response) => response.request().method() === 'POST'),
		send(page).click()
	]);
	expect(answer.status()).toBe(422);
	await expect(page.locator('[name=comment]')).toHaveValue('Petugasnya ramah.');
	await expectAccessible(page);
	await expect(page.locator('#score-error')).toBeVisible();
	await score(page, 'Puas').check();
	await expect(page.locator('#score-error')).toHaveCount(0);
	await expect(page.locator('#errors')).toHaveCount(0);
});

test('a rating that waits for a connection has no links below it that would end its waiting', async ({ page }) => {
	await page.goto(`/q/${DESK}`);
	await page.locator('form[data-live]').waitFor();
	const links = page.getByRole('navigation').getByRole('link', { name: 'Lacak laporan' });
	await expect(links).toBeVisible();
	await score(page, 'Puas').check();
	await page.context().setOffline(true);
	await send(page).click();
	await expect(page.getByRole('button', { name: 'Menunggu sambungan …' })).toBeVisible();
	await expect(links).toBeHidden();
});
