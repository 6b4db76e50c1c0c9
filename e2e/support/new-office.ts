import { expect, type Browser, type Page } from '@playwright/test';
import { approveDraft, fill, fillReport, openAtDesk, panel, readReceipt, sendVerb, track } from './pages.ts';
import { today } from './site.ts';

const PASSWORD = 'teluk mamuju biru sekali';

/** Opens a password link, sets a password and signs in. @returns the window of the new account */
export async function acceptInvitation(browser: Browser, link: string, username: string): Promise<Page> {
	const page = await browser.newPage({ baseURL: new URL(link).origin });
	await page.goto(link);
	await fill(page, { password: PASSWORD, again: PASSWORD });
	await page.locator('main form button').last().click();
	await expect(page).toHaveURL(/\/login/);
	await fill(page, { username, password: PASSWORD });
	await page.locator('main form button').last().click();
	await expect(page).toHaveURL(/\/desk/);
	return page;
}

/** Scans a printed code and rates an officer with five stars. */
export async function rateByCode(citizen: Page, code: string, officer: string): Promise<void> {
	await citizen.goto(`/q/${code}`);
	await citizen.getByRole('link', { name: /Nilai petugas/ }).click();
	await citizen.getByRole('radio', { name: officer }).check({ force: true });
	await citizen.locator('[name=score][value="5"]').check({ force: true });
	await citizen.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(citizen).toHaveURL(/terima-kasih/);
}

/** Writes the answer of a case at the desk and sends it to the second person. */
export async function draftAnswer(handler: Page, reference: string): Promise<void> {
	await openAtDesk(handler, reference, 'answer');
	const body = 'Kursi sudah diganti dan satu loket ditambah pada jam sibuk.';
	const evidence = { action: 'Mengganti kursi dan membuka loket.', action_on: today() };
	await fill(panel(handler), { body, ...evidence });
	await sendVerb(handler);
	await expect(handler).toHaveURL(/done=drafted/);
}

/** Brings a complaint from the form of an office to its closing by the citizen's score. @returns its number */
export async function closeComplaint(
	{ citizen, handler, supervisor }: { citizen: Page; handler: Page; supervisor: Page },
	slug: string
): Promise<string> {
	await citizen.goto(`/${slug}/pengaduan`);
	await fillReport(citizen, 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.');
	await citizen.getByRole('button', { name: 'Kirim pengaduan' }).click();
	const { reference, receipt } = await readReceipt(citizen);
	await openAtDesk(handler, reference, 'verification');
	await panel(handler).locator('[name=category]').selectOption('facilities');
	await sendVerb(handler);
	await expect(handler).toHaveURL(/done=verified/);
	await draftAnswer(handler, reference);
	await openAtDesk(supervisor, reference, 'approval');
	await approveDraft(supervisor);
	await expect(supervisor).toHaveURL(/done=approved/);
	await track(citizen, receipt);
	await citizen.goto('/lacak/laporan/penilaian');
	await citizen.locator('[name=score][value="5"]').check({ force: true });
	await citizen.locator('main form[method=POST] button').last().click();
	await expect(citizen).toHaveURL(/\/lacak\/laporan(\?|$)/);
	await expect(citizen.getByText('Selesai').first()).toBeVisible();
	return reference;
}
