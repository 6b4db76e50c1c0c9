import type { Page } from '@playwright/test';
import { running } from './journey.ts';
import { api } from './site.ts';

/** What the bar says while no response came. A request may have left, so it can't say that nothing was sent. */
export const UNSENT = 'Belum pasti terkirim.';

/** The bar with messages and questions of a citizen's form. */
export const bar = (page: Page) => page.locator('.form-bar');

/** Waits until the script of the form's page has started. */
export async function openForm(page: Page, path: string): Promise<void> {
	await page.goto(path);
	await page.locator('form[data-live]').waitFor();
}

/** Text that no other report contains. */
export const ownWords = () => `Kursi ruang tunggu patah, antrean tidak bergerak (${crypto.randomUUID()}).`;

/** Reports that contain this text, with their files. */
export async function casesWith(body: string): Promise<{ reference: string; attachments: unknown[] }[]> {
	const { body: list } = await api(running().origin, `/cases?q=${encodeURIComponent(body)}`);
	const found = list.items as { reference: string }[];
	return Promise.all(
		found.map(async ({ reference }) => {
			const { body: shown } = await api(running().origin, `/cases/${reference}`);
			return shown as { reference: string; attachments: unknown[] };
		})
	);
}

/** Everything that citizens' pages keep in the browser, as one text: of this tab and of the phone. */
export const keptInBrowser = (page: Page): Promise<string> =>
	page.evaluate(async () => {
		const database = await new Promise<IDBDatabase>((done) => {
			const opening = indexedDB.open('spatula-phone');
			opening.onsuccess = () => done(opening.result);
		});
		const stores = [...database.objectStoreNames];
		const all = await Promise.all(
			stores.map(
				(name) =>
					new Promise((done) => {
						const reading = database.transaction(name).objectStore(name).getAll();
						reading.onsuccess = () => done(reading.result);
					})
			)
		);
		database.close();
		return JSON.stringify([all, { ...sessionStorage }, { ...localStorage }]);
	});
