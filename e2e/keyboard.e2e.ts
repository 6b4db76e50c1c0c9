import { submit } from '../scripts/site/client.ts';
import { makeActor, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { openCase } from './support/cases.ts';
import { account, running, sessionOf } from './support/journey.ts';
import { approveByKeyboard, find, firstOfYear, press, search, send, signIn, tabTo, verb } from './support/keys.ts';
import { openOwnSite, withPasswords } from './support/own-site.ts';
import { panel, signedInAt, WIDE } from './support/pages.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';

/** A word that no other report contains. */
const ownWord = () => `kenanga${crypto.randomUUID().replace(/[^a-f]/g, '')}`;

async function desk(browser: Browser, username: string): Promise<Page> {
	const page = await browser.newPage({ viewport: WIDE });
	await signIn(page, username);
	return page;
}

/** Ticks the first rows of the list by its keys. */
async function pick(page: Page, count: number): Promise<void> {
	for (let n = 0; n < count; n += 1) {
		const row = page.locator('a[data-row]').nth(n);
		await expect(async () => {
			if (!(await row.evaluate((element) => element === document.activeElement))) await page.keyboard.press('j');
			await expect(row).toBeFocused({ timeout: 500 });
		}).toPass();
		await page.keyboard.press('x');
		await expect(page.locator('[data-pick]').nth(n)).toBeChecked();
	}
	await expect(page.locator('[data-pick]:checked')).toHaveCount(count);
}

/** Reaches a group of radio buttons with Tab and chooses one with the arrow key. */
async function choose(page: Page, name: string, value: string): Promise<void> {
	const group = page.locator(`[name=${name}]`);
	const chosen = page.locator(`[name=${name}]:checked`);
	await tabTo(page, (await chosen.count()) > 0 ? chosen : group.first());
	const option = page.locator(`[name=${name}][value=${value}]`);
	for (let pressed = await group.count(); pressed > 0 && !(await option.isChecked()); pressed -= 1)
		await page.keyboard.press('ArrowDown');
	await expect(option).toBeChecked();
}

async function tick(page: Page, name: string): Promise<void> {
	const box = page.locator(`[type=checkbox][name=${name}]`);
	await tabTo(page, box);
	await page.keyboard.press('Space');
	await expect(box).toBeChecked();
}

/** Types into a field and replaces its content. */
async function write(page: Page, name: string, words: string): Promise<void> {
	const field = panel(page).locator(`[name=${name}]`);
	await tabTo(page, field);
	await page.keyboard.press('ControlOrMeta+a');
	await page.keyboard.type(words);
	await expect(field).toHaveValue(words);
}

async function backToInbox(page: Page): Promise<void> {
	await press(page, page.locator('main').locator('a[href="/desk"], a[href^="/desk?q="]').first(), 120);
	await expect(page).toHaveURL(/\/desk(\?q=[^&]+)?$/);
}

test('assigns and archives several reports without a mouse, and shows the effect first', async ({ browser }) => {
	const word = ownWord();
	for (let n = 0; n < 3; n += 1)
		await openCase({ kind: 'suggestion', body: `Mohon bunga ${word} di halaman disiram setiap pagi.` });
	const page = await desk(browser, 'penangan.mamuju');

	// No report is chosen yet: an old link says so, and the list shows no buttons for chosen reports.
	await page.goto('/desk/bulk?verb=assignment');
	await expect(page.getByText('Pilih dulu satu laporan atau lebih.').first()).toBeVisible();
	await expect(page.getByRole('button', { name: 'Tugaskan …' })).toBeHidden();
	await search(page, word);
	await expect(page.locator('[data-pick]')).toHaveCount(3);
	// Back from a page of a report, the keys go on from its row.
	await page.locator('a[data-row]').first().focus();
	await verb(page, 'v', 'verification');
	await page.goBack();
	await expect(page.locator('a[data-row]').first()).toBeFocused();
	await pick(page, 2);
	// After a click the focus is on the checkbox, and the keys go on from its row.
	await page.locator('[data-pick]').nth(1).click();
	await page.locator('[data-pick]').nth(1).click();
	await page.keyboard.press('k');
	await expect(page.locator('a[data-row]').first()).toBeFocused();
	await page.locator('[data-pick]').nth(1).focus();
	await page.keyboard.press('a');
	await expect(page).toHaveURL(/\/desk\/bulk\?.*verb=assignment/);
	await expect(page.getByRole('rowheader')).toHaveCount(2);
	await expect(page.getByText('Belum ada yang diubah.')).toBeVisible();
	const assignee = page.locator('select[name=assignee]');
	await tabTo(page, assignee);
	const { name } = account('penangan2.mamuju');
	await page.keyboard.type(name);
	await expect(assignee.locator('option:checked')).toHaveText(name);
	await tick(page, 'confirmed');
	await press(page, page.getByRole('button', { name: 'Tugaskan', exact: true }));
	await expect(page.getByText('2 laporan ditugaskan.')).toBeVisible();
	await press(page, page.getByRole('link', { name: 'Kembali ke kotak masuk' }));
	await expect(page).toHaveURL(`/desk?q=${word}`);

	await expect(page.locator('tbody').getByText(name)).toHaveCount(2);
	await pick(page, 3);
	await press(page, page.getByRole('button', { name: 'Arsipkan …' }), 120);
	await expect(page).toHaveURL(/\/desk\/bulk\?.*verb=archive/);
	await expect(page.getByRole('rowheader')).toHaveCount(3);
	await expect(page.getByText('Langsung dilakukan')).toHaveCount(3);
	await choose(page, 'reason', 'spam');
	await tick(page, 'confirmed');
	await press(page, page.getByRole('button', { name: 'Arsipkan', exact: true }));
	await expect(page.getByText('3 laporan diarsipkan.')).toBeVisible();
});

test('a duplicate is archived and another report is linked to its main case, without a mouse', async ({ browser }) => {
	// The office itself heard the number: one that was typed in a form does not prove that the reporter is the same.
	const sender = { channel: 'phone', identity: 'named', reporter: { name: 'Contoh Pelapor', phone: '081355500027' } };
	const { reference: main } = await openCase({ body: 'Papan di gerbang timur roboh tertiup angin.', ...sender });
	const { reference: twice } = await openCase({
		body: 'Seperti kata saya kemarin, papan itu masih tergeletak.',
		...sender
	});
	const { reference: related } = await openCase({ body: 'Tempat sampah di teras belakang penuh dan berbau.' });
	const page = await desk(browser, 'penangan.mamuju');

	await find(page, twice);
	await verb(page, 'r', 'archive');
	await choose(page, 'reason', 'duplicate');
	await write(page, 'duplicate_of', String(Number(main.slice(-6))));
	await press(page, panel(page).getByRole('button', { name: 'Ajukan untuk disetujui' }));
	await expect(panel(page).getByRole('blockquote')).toHaveText('Papan di gerbang timur roboh tertiup angin.');
	await send(page, 'archive_drafted');
	await backToInbox(page);

	await find(page, related);
	await press(page, page.locator('main nav summary').first(), 120);
	await press(page, page.getByRole('link', { name: 'Kaitkan ke laporan utama' }), 120);
	await expect(page).toHaveURL(/\/link(\?|$)/);
	await expect(page.locator('#verb-title')).toBeFocused();
	await write(page, 'main', String(Number(main.slice(-6))));
	await press(page, panel(page).getByRole('button', { name: 'Lihat laporan itu' }));
	await expect(panel(page).getByRole('link', { name: main })).toBeVisible();
	await send(page, 'linked');
	await expect(page.locator('#linked').getByRole('link', { name: main })).toBeVisible();

	const head = await desk(browser, 'penyelia2.mamuju');
	await find(head, twice);
	await verb(head, 's', 'approval');
	await expect(panel(head).getByRole('link', { name: main })).toBeVisible();
	await approveByKeyboard(head, 'archive_approved');
	await head.goto(`/desk/cases/${twice}`);
	await expect(head.getByText('Diarsipkan').first()).toBeVisible();
});

test('answers a report without a mouse: draft, sent back, corrected, approved, signed out', async ({ browser }) => {
	// A first try may have left the choice to return to the list.
	await submit(running().origin, '/desk/next', { opens: 'next' }, await sessionOf('penangan.mamuju'));
	const { reference } = await openCase({ body: 'Atap parkir sepeda bocor di dekat pos satpam.' });
	const handler = await desk(browser, 'penangan.mamuju');
	await find(handler, reference);
	// A screen reader reads it as Indonesian, also for staff who use the desk in English.
	await expect(handler.locator('.turn.reporter .verbatim')).toHaveAttribute('lang', 'id');
	await verb(handler, 'v', 'verification');
	await tabTo(handler, panel(handler).locator('select[name=category]'));
	await handler.keyboard.type('Sarana');
	await expect(panel(handler).locator('select[name=category]')).toHaveValue('facilities');
	await send(handler, 'verified');
	// The desk opens the most urgent other report, and leads back to the list.
	await expect(handler).toHaveURL(new RegExp(`/desk/cases/(?!${reference})\\S+of=${reference}`));
	await expect(handler.getByRole('status').filter({ hasText: /(Berikutnya|verifikasi): \d+\+? lagi/ })).toBeFocused();
	await press(handler, handler.getByRole('link', { name: 'Kembali ke daftar' }), 120);
	await find(handler, reference);
	await verb(handler, 'a', 'assignment');
	await tabTo(handler, panel(handler).locator('[name=assignee]:checked'));
	await send(handler, 'assigned');
	// For a case that has an assignee, the form selects no other person. So Enter alone does not give it away.
	await verb(handler, 'a', 'assignment');
	await expect(panel(handler).locator('[name=assignee]').first()).toBeVisible();
	await expect(panel(handler).locator('[name=assignee]:checked')).toHaveCount(0);
	// After "Batal" and from tab to tab, the focus is on the tab of the form that is shown.
	const tab = handler.locator('.dock nav [aria-current]');
	await press(handler, panel(handler).getByRole('link', { name: 'Batal' }));
	await expect(tab).toBeFocused();
	await press(handler, handler.getByRole('link', { name: 'Catatan, pesan' }), 5);
	await expect(handler).toHaveURL(/\/messages(\?|$)/);
	await expect(tab).toBeFocused();
	await verb(handler, 'b', 'answer');
	await write(handler, 'body', 'Atapnya sudah diperbaiki.');
	await write(handler, 'action', 'Lembar atap diganti.');
	await tabTo(handler, panel(handler).locator('[name=action_on]'));
	await firstOfYear(handler);
	await send(handler, 'drafted');
	await press(handler, handler.getByRole('button', { name: 'Selalu kembali ke daftar' }), 120);
	// The list from which the report was opened.
	await expect(handler).toHaveURL(`/desk?q=${reference}`);

	const head = await desk(browser, 'penyelia2.mamuju');
	await find(head, reference);
	await verb(head, 's', 'approval');
	const back = panel(head).getByRole('button', { name: 'Kembalikan' });
	// Without a reason the draft is not sent back, and the message leads to the field.
	await press(head, back);
	await expect(panel(head).locator('#reason-error')).toBeVisible();
	await write(head, 'reason', 'Sebutkan kapan atapnya diperbaiki.');
	await press(head, back);
	await expect(head).toHaveURL(/done=sent_back/);
	await backToInbox(head);

	await find(handler, reference);
	await expect(handler.getByText('Sebutkan kapan atapnya diperbaiki.').first()).toBeVisible();
	await verb(handler, 'b', 'answer');
	await expect(panel(handler).locator('[name=body]')).toHaveValue('Atapnya sudah diperbaiki.');
	await write(handler, 'body', 'Atapnya sudah diperbaiki pada hari Senin.');
	await send(handler, 'drafted');
	// The list, as chosen. The choice is taken back.
	await expect(handler).toHaveURL(new RegExp(`/desk\\?.*of=${reference}`));
	await press(handler, handler.getByRole('button', { name: 'Selalu buka yang berikutnya' }), 120);
	await expect(handler).toHaveURL(/\/desk\/cases\//);

	await find(head, reference);
	await verb(head, 's', 'approval');
	await expect(panel(head).getByText('Atapnya sudah diperbaiki pada hari Senin.')).toBeVisible();
	await approveByKeyboard(head, 'approved');
	await expect(head.getByText('Jawaban sudah dikirim kepada pelapor.')).toBeVisible();

	await press(head, head.getByRole('button', { name: 'Keluar' }), 120);
	await expect(head).toHaveURL(/\/login/);
});

test('letter shortcuts can be switched off and, without a shortcut, on again', async ({ browser }) => {
	const page = await desk(browser, 'penangan.mamuju');
	const box = page.getByRole('checkbox', { name: 'Huruf pada papan ketik' });
	const searchField = page.locator('input[type=search]');
	// Keys have no effect before the page's scripts run.
	await expect(async () => {
		await page.keyboard.press('?');
		await expect(box).toBeVisible({ timeout: 500 });
	}).toPass();
	await tabTo(page, box);
	await page.keyboard.press('Space');
	await page.keyboard.press('Escape');
	await expect(box).toBeHidden();
	await page.keyboard.press('/');
	await expect(searchField).not.toBeFocused();
	await press(page, page.getByRole('button', { name: 'Tombol pintas' }), 120);
	await tabTo(page, box);
	await page.keyboard.press('Space');
	await page.keyboard.press('Escape');
	await page.keyboard.press('/');
	await expect(searchField).toBeFocused();
});

test('ten reports in a row are verified and answered without a mouse or an address', async ({ browser }) => {
	// Without other reports, so that the desk opens these ones one after the other.
	const site = await openOwnSite('ten-reports', async () => {
		const unit = await makeUnit({ slug: 'contoh' });
		await makeActor([[unit.id, 'supervisor']]);
		return withPasswords({ handler: await makeActor([[unit.id, 'handler']]) });
	});
	try {
		const references = await Promise.all(
			Array.from({ length: 10 }, async (_, n) => {
				const body = `Mesin antrean loket satu rusak lagi, kejadian ke-${n + 1}.`;
				return (await openCase({ unit: 'contoh', body }, site)).reference;
			})
		);
		const page = await signedInAt(browser, site.origin, site.handler, { viewport: WIDE });
		await page.goto('/desk');
		await find(page, references[0] ?? '');
		const done: string[] = [];
		/** Does the work in the panel of a verb on the open report, which leads to the next one. */
		const next = async (key: string, path: string, outcome: string, work: () => Promise<void>) => {
			await verb(page, key, path);
			const [, reference = ''] = /\/desk\/cases\/([^/]+)/.exec(page.url()) ?? [];
			await work();
			await send(page, outcome);
			await expect(page).toHaveURL(new RegExp(`of=${reference}`));
			done.push(`${outcome} ${reference}`);
		};
		for (let n = 0; n < 10; n += 1)
			await next('v', 'verification', 'verified', async () => {
				await tabTo(page, panel(page).locator('select[name=category]'));
				await page.keyboard.type('Waktu');
			});
		for (let n = 0; n < 10; n += 1)
			await next('b', 'answer', 'drafted', async () => {
				await tabTo(page, panel(page).locator('[name=body]'));
				await page.keyboard.type('Mesin antrean sudah diperbaiki.');
				await tabTo(page, panel(page).locator('[name=action]'));
				await page.keyboard.type('Mesin antrean diganti.');
				await tabTo(page, panel(page).locator('[name=action_on]'));
				await firstOfYear(page);
			});
		const expected = ['verified', 'drafted'].flatMap((outcome) => references.map((one) => `${outcome} ${one}`));
		expect(done.toSorted()).toEqual(expected.toSorted());
	} finally {
		await site.stop();
	}
});
