import { expect, type Locator, type Page } from '@playwright/test';
import { account } from './journey.ts';
import { panel } from './pages.ts';

/** Presses Tab until the element has the focus. Fails if Tab can't reach it. */
export async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
	await expect(target).toBeVisible();
	for (let pressed = 0; pressed < most; pressed++) {
		if (await target.evaluate((element) => element === document.activeElement)) return;
		await page.keyboard.press('Tab');
	}
	throw new Error(`the focus never came to ${String(target)}`);
}

/** Moves the focus with Tab to a button or link and presses it. */
export async function press(page: Page, target: Locator, most?: number): Promise<void> {
	await tabTo(page, target, most);
	await page.keyboard.press('Enter');
}

export async function signIn(page: Page, username: string): Promise<void> {
	await page.goto('/login');
	await tabTo(page, page.locator('[name=username]'));
	await page.keyboard.type(username);
	await page.keyboard.press('Tab');
	await page.keyboard.type(account(username).password);
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/desk/);
}

export async function search(page: Page, words: string): Promise<void> {
	await expect(async () => {
		await page.keyboard.press('/');
		await expect(page.locator('input[type=search]')).toBeFocused({ timeout: 500 });
	}).toPass();
	// The list from which a case was opened still has its search.
	await page.keyboard.press('ControlOrMeta+A');
	await page.keyboard.type(words);
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL((address) => address.searchParams.get('q') === words);
}

/** Finds a report by its number and opens it from the list. */
export async function find(page: Page, reference: string): Promise<void> {
	await search(page, reference);
	await expect(async () => {
		await page.keyboard.press('j');
		await expect(page.locator(`a[data-row][href*="/${reference}"]`)).toBeFocused({ timeout: 500 });
	}).toPass();
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(new RegExp(`/desk/cases/${reference}(\\?|$)`));
}

/** Presses the shortcut of a verb, which moves the focus to its panel. */
export async function verb(page: Page, key: string, path: string): Promise<void> {
	await expect(async () => {
		await page.keyboard.press(key);
		await expect(page).toHaveURL(new RegExp(`/${path}(\\?|$)`), { timeout: 1000 });
	}).toPass();
	await expect(page.locator('#verb-title')).toBeFocused();
}

export async function send(page: Page, done: string): Promise<void> {
	await press(page, panel(page).locator('button.primary').first());
	await expect(page).toHaveURL(new RegExp(`done=${done}`));
}

/** Approves the draft whose decision page is open. */
export async function approveByKeyboard(page: Page, done: string): Promise<void> {
	await press(page, panel(page).locator('summary.button'));
	await send(page, done);
}

/**
 * Enters the first of January into a date field, which is never in the future: ArrowUp sets each part to its first value,
 * and the year to the present one.
 */
export async function firstOfYear(page: Page): Promise<void> {
	for (const next of ['ArrowRight', 'ArrowRight', null]) {
		await page.keyboard.press('ArrowUp');
		if (next) await page.keyboard.press(next);
	}
}
