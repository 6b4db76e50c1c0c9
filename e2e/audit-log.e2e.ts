import { openCase } from './support/cases.ts';
import { expectAccessible, openAtDesk, signedIn, openAndCheck } from './support/pages.ts';
import { expect, test } from './support/test.ts';

test('the log reads as sentences, its chain is checked, and a received fingerprint is compared', async ({
	browser
}) => {
	const reason = `Perlu dihubungi hari ini, ${crypto.randomUUID().slice(0, 8)}`;
	const { reference } = await openCase({
		body: 'Antrean di loket tidak bergerak sejak pagi.',
		identity: 'withheld',
		reporter: { name: 'Pelapor Contoh 38', phone: '081200000038' }
	});
	const supervisor = await signedIn(browser, 'penyelia.sulbar');
	await openAtDesk(supervisor, reference, 'reveal');
	await supervisor.locator('[name=reason]').fill(reason);
	await supervisor.locator('[name=confirmed]').check();
	await supervisor.getByRole('button', { name: 'Buka nama pelapor' }).click();
	await expect(supervisor.getByText('Pelapor Contoh 38').first()).toBeVisible();

	// An administrator sees that a name was opened, but not of which report.
	const admin = await signedIn(browser, 'administrator.sulbar');
	await openAndCheck(admin, '/admin/log?area=identity');
	const opened = admin.getByRole('row').filter({ hasText: reason });
	await expect(opened).toContainText(`membuka nama pelapor SPATULA-… karena “${reason}”`);
	await expectAccessible(admin);
	expect(await admin.locator('main').textContent()).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|identity\.revealed|\{"/);

	await admin.getByRole('link', { name: 'Keutuhan log' }).click();
	await admin.getByRole('button', { name: 'Periksa keutuhan log' }).click();
	await expect(admin.getByRole('status')).toContainText('Log utuh');
	await expectAccessible(admin);

	// The supervisor above holds a line of the e-mail and compares it, without rights to the log itself.
	await openAndCheck(supervisor, '/desk/register');
	await supervisor.getByRole('link', { name: 'Keutuhan log' }).click();
	await expect(supervisor.getByRole('heading', { name: 'Keutuhan log' })).toBeVisible();
	const newest = supervisor.getByRole('row').nth(1);
	const [day, last, count, hash] = await newest.getByRole('cell').or(newest.getByRole('rowheader')).allInnerTexts();
	expect(day).toBeTruthy();
	const line = (fingerprint = '') => `2026-11-27 · ${last} · ${count} · ${fingerprint}`;
	await supervisor.locator('[name=head]').fill('bukan sidik');
	await supervisor.getByRole('button', { name: 'Bandingkan' }).click();
	await expect(supervisor.getByRole('alert')).toContainText('Tempelkan satu baris sidik');
	await expect(supervisor.locator('[name=head]')).toHaveValue('bukan sidik');
	await supervisor.locator('[name=head]').fill(line(hash));
	await supervisor.getByRole('button', { name: 'Bandingkan' }).click();
	await expect(supervisor.getByRole('status')).toContainText('Cocok: log sampai catatan nomor');
	await supervisor.locator('[name=head]').fill(line(hash?.replace(/.{4}$/, 'abcd')));
	await supervisor.getByRole('button', { name: 'Bandingkan' }).click();
	await expect(supervisor.getByRole('alert')).toContainText('Tidak cocok');
	expect((await supervisor.goto('/admin/log'))?.status()).toBe(403);
});
