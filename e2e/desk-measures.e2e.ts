import { act, openCase } from './support/cases.ts';
import { button, openForwardingOffice } from './support/forwarding-office.ts';
import { account } from './support/journey.ts';
import {
	expectFits,
	fill,
	openAtDesk,
	panel,
	sendVerb,
	signedIn,
	track,
	WIDE,
	writeToOffice
} from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

const COMPLAINT =
	'Pada hari Senin saya menunggu dua jam di loket satu untuk meminta data harga. Nomor antrean tidak dipanggil ' +
	'berurutan, dan beberapa orang yang datang kemudian dilayani lebih dulu. Ketika saya bertanya, petugas menjawab bahwa ' +
	'mesin antrean sedang rusak. Saya berharap ada papan pengumuman dan seorang petugas yang mengatur giliran.';
const ANSWER = 'Mesin antrean sudah diperbaiki, dan seorang petugas kini mengatur giliran.';

const named = { identity: 'named', reporter: { name: 'Contoh Pelapor', phone: '081355500044' } };

/**
 * Counts presses of the mouse and chosen options in all pages of a window, and the pages that it loads.
 *
 * @returns a function that measures a piece of work
 */
async function measuring(page: Page) {
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
	const sinceLast = async () => {
		const clicks = await page.evaluate(() => Number(sessionStorage.getItem('clicks')));
		await page.evaluate(() => sessionStorage.removeItem('clicks'));
		const cost = { clicks, loads };
		loads = 0;
		return cost;
	};
	/** Expects that `work` needs at most three clicks and one load. */
	return async (name: string, work: () => Promise<void>) => {
		await sinceLast();
		await work();
		const cost = await sinceLast();
		test.info().annotations.push({ type: name, description: JSON.stringify(cost) });
		expect(cost.clicks, name).toBeLessThanOrEqual(3);
		expect(cost.loads, name).toBeLessThanOrEqual(1);
	};
}

/**
 * Number of words that a person sees on the whole page. Excludes words for screen readers, folded words, words that are
 * cut off at the end of a line, and rows of a list after the 25th.
 */
const visibleWords = (page: Page): Promise<number> =>
	page.evaluate(() => {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		const range = document.createRange();
		let words = 0;
		while (walker.nextNode()) {
			const text = walker.currentNode;
			const element = text.parentElement;
			if (!element?.checkVisibility({ visibilityProperty: true })) continue;
			if (element.closest('.unseen, option, tbody tr:nth-child(n + 26)')) continue;
			const end = element.closest('.cut')?.getBoundingClientRect().right ?? Infinity;
			for (const word of text.textContent?.matchAll(/[\p{L}\p{N}]\S*/gu) ?? []) {
				range.setStart(text, word.index);
				range.setEnd(text, word.index + word[0].length);
				if (range.getBoundingClientRect().right <= end) words += 1;
			}
		}
		return words;
	});

test('a usual complaint fits in 1,400 px at a desk, and is usable at 1024 px', async ({ browser }) => {
	const { reference } = await openCase({ body: COMPLAINT, ...named });
	await act(reference, 'verification', { category: 'time', class: 'plain' });
	const page = await signedIn(browser, 'penangan.mamuju', { viewport: WIDE });
	await openAtDesk(page, reference);
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	test.info().annotations.push({ type: 'height', description: `${height} px` });
	expect(height).toBeLessThanOrEqual(1400);
	await expectFits(page, 1024);
	await expect(page.locator('#message-body')).toBeVisible();
});

test('the open form shows its button, and leaves the reporter’s newest message in view', async ({ browser }) => {
	const { reference, receipt } = await openCase({ body: COMPLAINT });
	await act(reference, 'verification', { category: 'time', class: 'plain' });
	const page = await signedIn(browser, 'penangan.mamuju', { viewport: WIDE });
	await openAtDesk(page, reference, 'assignment');
	await panel(page).locator('[name=assignee]').first().check({ force: true });
	await sendVerb(page);
	await expect(page).toHaveURL(/done=assigned/);
	// The answer is the next step, so its form is open, and no other tab looks chosen.
	await openAtDesk(page, reference);
	const tabs = page.getByRole('navigation', { name: 'Tulis pesan atau catatan' });
	await expect(tabs.locator('[aria-current]')).toHaveText('Jawaban');
	await expect(panel(page).getByRole('button', { name: 'Ajukan untuk disetujui' })).toBeInViewport({ ratio: 1 });
	expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(1400);
	// Scripts that load late find the answer with the focus, and show the fields below it too.
	const late = Promise.withResolvers<void>();
	await page.route('**/*.js', (route) => late.promise.then(() => route.continue()));
	await page.reload({ waitUntil: 'commit' });
	await panel(page).locator('[name=body]').focus();
	late.resolve();
	await expect(panel(page).locator('[name=action]')).toBeInViewport();
	await page.unroute('**/*.js');

	const citizen = await browser.newPage();
	await track(citizen, receipt);
	await citizen.goto('/lacak/laporan/pesan');
	await writeToOffice(citizen, 'Kemarin terjadi lagi di loket dua.');
	await openAtDesk(page, reference);
	await tabs.getByRole('link', { name: 'Pertanyaan' }).click();
	await expect(panel(page).getByRole('button', { name: 'Kirim pertanyaan' })).toBeInViewport({ ratio: 1 });
	const bottom = async (words: string) => {
		const box = await page.locator('.turn', { hasText: words }).boundingBox();
		return (box?.y ?? 0) + (box?.height ?? Infinity);
	};
	await expect.poll(() => bottom('terjadi lagi')).toBeLessThanOrEqual((await tabs.boundingBox())?.y ?? 0);
	await expect(page.locator('.turn', { hasText: COMPLAINT })).toBeInViewport();

	// In a low window the page begins at the report, and says that the form covers a newer message.
	await page.setViewportSize({ width: 1366, height: 650 });
	await openAtDesk(page, reference);
	const more = page.getByRole('button', { name: 'Masih ada lanjutan di bawah' });
	await expect(more).toBeInViewport({ ratio: 1 });
	const dock = page.locator('.dock');
	await dock.evaluate((form) => form.scrollTo(0, form.scrollHeight));
	await expect(more).toBeInViewport({ ratio: 1 });
	await more.click();
	await expect.poll(() => bottom('terjadi lagi')).toBeLessThanOrEqual((await dock.boundingBox())?.y ?? 0);
	await expect(more).toBeHidden();
	await expect(page.locator('.turn', { hasText: 'terjadi lagi' })).toBeFocused();
});

test('verify, assign, ask, answer and approve need at most three clicks and one load each', async ({ browser }) => {
	const desk = await signedIn(browser, 'penangan.mamuju', { viewport: WIDE });
	const head = await signedIn(browser, 'penyelia2.mamuju', { viewport: WIDE });
	const measure = new Map([
		[desk, await measuring(desk)],
		[head, await measuring(head)]
	]);
	/** Does `work` in the panel of a verb, from the page of the case, and presses the button. */
	const verbCosts = async (page: Page, reference: string, path: string, done: string, work = async () => {}) => {
		await openAtDesk(page, reference);
		await measure.get(page)?.(path, async () => {
			await page.locator(`main a[href*="/${path}"]`).first().click();
			// The page of the case may have shown the form of the answer already.
			await expect(page).toHaveURL(new RegExp(`/${path}(\\?|$)`));
			await expect(panel(page)).toBeVisible();
			await work();
			await panel(page).locator('button.primary').first().click();
			await expect(page).toHaveURL(new RegExp(`done=${done}`));
		});
	};
	const own = panel(desk);
	const { reference } = await openCase({ body: COMPLAINT, ...named });
	await verbCosts(desk, reference, 'verification', 'verified', async () => {
		await own.locator('[name=category]').selectOption('time');
	});
	await verbCosts(desk, reference, 'assignment', 'assigned', () =>
		own.getByText(account('penangan2.mamuju').name).click()
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
	await verbCosts(head, other, 'approval', 'approved', () => panel(head).locator('summary.button').click());
});

test('a report on paper and a forward by API need at most three clicks and one load', async ({ browser }) => {
	const page = await signedIn(browser, 'penangan.mamuju', { viewport: WIDE });
	const measure = await measuring(page);
	await page.goto('/desk');
	await measure('paper report', async () => {
		await page.locator('main a[href="/desk/new"]').first().click();
		await page.locator('[name=body]').fill(COMPLAINT);
		await page.getByText('Tanpa nama', { exact: true }).click();
		await page.locator('main form button.primary').last().click();
		await expect(page).toHaveURL(/done=opened/);
	});
	const { reference } = await openCase({ body: COMPLAINT });
	await act(reference, 'verification', { category: 'time', class: 'plain' });
	await openAtDesk(page, reference);
	await measure('forward by API', async () => {
		await page.locator('main a[href*="/escalation"]').first().click();
		await page.locator('[name=reason]').fill('Perlu tercatat di sistem nasional.');
		await page.locator('main form button.primary').last().click();
		await expect(page).toHaveURL(/done=/);
	});
});

test('a forward by hand is prepared, and its number stored, with at most three clicks and one load each', async ({
	browser
}) => {
	const office = await openForwardingOffice({
		LAPOR_MODE: 'manual',
		LAPOR_BASE_URL: '',
		LAPOR_BEARER: '',
		LAPOR_TOKEN: ''
	});
	try {
		const page = await office.signedIn(browser);
		const measure = await measuring(page);
		const { reference } = await office.complaint();
		await openAtDesk(page, reference);
		await measure('prepare a forward by hand', async () => {
			await page.locator('main a[href*="/escalation"]').first().click();
			await page.locator('[name=reason]').fill('Perlu tercatat di sistem nasional.');
			await page.locator('main form button.primary').last().click();
			await expect(page).toHaveURL(/done=prepared/);
		});
		await measure("store LAPOR's number", async () => {
			await fill(page, { lapor_id: '7604001' });
			await button(page, 'Simpan nomor').click();
			await expect(page).toHaveURL(/\/desk\?done=found&of=/);
		});
	} finally {
		await office.stop();
	}
});

/** Opens the inbox once the site has found out that LAPOR has the demo's report whose forward was answered by an error. */
async function openInboxWithoutTask(page: Page): Promise<void> {
	const task = page.getByText('penerusan menunggu keputusan Anda');
	const tasks = () => page.goto('/desk').then(() => task.count());
	await expect.poll(tasks, { timeout: 150_000, intervals: [2000] }).toBe(0);
}

test('the inbox, a case, decisions and figures show few words', async ({ browser }) => {
	// As long as the usual complaint, but of their own, because similar reports are listed beside a report.
	const { reference: unverified } = await openCase({
		body:
			'Papan petunjuk ke perpustakaan tertutup spanduk lomba sejak bulan lalu, sehingga tamu salah masuk ke gudang. Ayah ' +
			'saya yang memakai kursi roda dua kali mengelilingi gedung, karena pintu sampingnya terkunci dan bel tidak berbunyi. ' +
			'Satpam menjawab bahwa kuncinya dibawa pulang pegawai. Saya berharap spanduk dipindahkan dan pintu dibuka.',
		identity: 'named',
		reporter: { name: 'Contoh Pelapor', phone: '081355500045' }
	});
	const { reference: assigned } = await openCase({
		body:
			'Publikasi kecamatan yang saya unduh memuat jumlah penduduk yang berbeda dari buku cetaknya. Selisihnya hampir seribu ' +
			'jiwa untuk dua desa, padahal judulnya sama. Saya menulis surel dua kali, tetapi hanya dijawab otomatis. Tugas akhir ' +
			'saya harus dikumpulkan akhir bulan. Mohon dijelaskan angka mana yang benar, dan berkas yang salah ditarik.',
		identity: 'named',
		reporter: { name: 'Contoh Pelapor', phone: '081355500046' }
	});
	await act(assigned, 'verification', { category: 'time', class: 'plain' });
	await act(assigned, 'assignment', { assignee: 'penangan.mamuju' });
	const LIMITS = {
		'penangan.mamuju /desk': 414,
		[`penangan.mamuju /desk/cases/${unverified}`]: 354,
		[`penangan.mamuju /desk/cases/${assigned}`]: 354,
		'penyelia.mamuju /desk/approvals': 216,
		'pimpinan.sulbar /insight/officers': 291,
		'pimpinan.sulbar /insight': 291
	};
	for (const [who, limit] of Object.entries(LIMITS)) {
		const [username = '', path = ''] = who.split(' ');
		const page = await signedIn(browser, username, { viewport: WIDE });
		if (path === '/desk') await openInboxWithoutTask(page);
		else await page.goto(path);
		const words = await visibleWords(page);
		test.info().annotations.push({ type: who, description: `${words} words` });
		expect.soft(words, who).toBeLessThanOrEqual(limit);
	}
});

test('the inbox shows twelve reports on a small screen', async ({ browser }) => {
	const page = await signedIn(browser, 'penangan.mamuju', { viewport: { width: 1366, height: 768 } });
	await openInboxWithoutTask(page);
	const rows = page.getByRole('row').filter({ has: page.locator('[data-row]') });
	for (let nth = 0; nth < 12; nth++) await expect(rows.nth(nth)).toBeInViewport({ ratio: 1 });
});
