import { expect, test } from './support/test.ts';
import { account, running } from './support/journey.ts';
import { checkPagesInFullRun, openUntil, signedIn } from './support/pages.ts';

const SUPERVISOR = 'penyelia.sulbar';

test('a supervisor reads the digest and sends it to their own address, and it arrives', async ({ browser }) => {
	const { origin, sandboxUrl } = running();
	const desk = await signedIn(browser, SUPERVISOR);
	await desk.goto('/desk');
	await desk.getByRole('link', { name: /penerusan menunggu keputusan Anda/ }).click();
	await expect(desk).toHaveURL(/\/desk\/escalations\?view=todo/);
	await desk.getByRole('main').getByRole('link', { name: 'Ringkasan pagi' }).click();
	await expect(desk).toHaveURL('/desk/digest');
	await checkPagesInFullRun(desk, '/desk/digest');
	await desk.getByRole('button', { name: 'Kirim ke e-mail saya sekarang' }).click();
	await expect(desk.getByRole('status')).toContainText(`${SUPERVISOR}@contoh.invalid`);

	const inbox = await browser.newPage();
	// The supervisor also gets notices by e-mail. The digest's subject ends with its day.
	const digest = inbox
		.locator('li', { hasText: `kepada ${SUPERVISOR}@contoh.invalid` })
		.filter({ hasText: /\(\w+, \d+ \w+ \d{4}\)/ });
	await openUntil(inbox, `${sandboxUrl}/e-mail`, digest.first());
	await digest.first().getByRole('link').click();
	const text = await inbox.locator('pre').innerText();
	expect(text).toContain(`Yth. ${account(SUPERVISOR).name},`);
	expect(text).toMatch(/^- SPATULA-\d{4}-\d\d-\d{6}\.\d\d: ./m);
	await expect(inbox.getByRole('link', { name: new RegExp(`^${origin}/desk/escalations`) }).first()).toBeVisible();
});
