import { randomUUID } from 'node:crypto';
import { expect, test, type Browser, type Page } from './support/test.ts';
import { makeActor, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { giveEverybodyAPassword, openOwnDatabase } from './support/own-database.ts';
import { expectAccessible, signedInAt, visit } from './support/pages.ts';
import { api, startSite } from './support/site.ts';

/** An installation of its own, so that nobody else's work and no seeded deadline adds a notice. */
async function openNoticesOffice() {
	const { settings, close, remove } = await openOwnDatabase('notices');
	const unit = await makeUnit();
	const handler = await makeActor([[unit.id, 'handler']]);
	const supervisor = await makeActor([[unit.id, 'handler', 'supervisor']]);
	const officer = await makeActor([[unit.id, 'officer']]);
	const signInOf = await giveEverybodyAPassword();
	const people = {
		handler: { ...signInOf(handler), name: handler.name },
		supervisor: signInOf(supervisor),
		officer: signInOf(officer)
	};
	await close();
	const site = await startSite({ ...settings, LIMITS: 'off' });
	const stop = async () => {
		await site.stop();
		await remove();
	};
	const signedIn = (browser: Browser, who: keyof typeof people) => signedInAt(browser, site.origin, people[who]);
	return { origin: site.origin, unit, people, signedIn, stop };
}

let office: Awaited<ReturnType<typeof openNoticesOffice>>;
test.beforeAll(async () => {
	office = await openNoticesOffice();
});
test.afterAll(() => office.stop());

/** Opens a suggestion, which the supervisor assigns to the handler. @returns its number */
async function assigned(supervisor: Page): Promise<string> {
	const { body: opened } = await api(office.origin, '/cases', {
		body: {
			unit: office.unit.code,
			kind: 'suggestion',
			body: 'Kursi di ruang tunggu kurang banyak pada hari Senin.',
			identity: 'none',
			submission_id: randomUUID()
		}
	});
	const reference = String(opened.reference);
	await supervisor.goto(`${office.origin}/desk/cases/${reference}/assignment`);
	await supervisor.getByRole('radio', { name: office.people.handler.name }).check();
	await supervisor.getByRole('main').getByRole('button', { name: 'Tugaskan' }).click();
	await expect(supervisor).toHaveURL(new RegExp(`/desk/cases/${reference}(\\?|$)`));
	return reference;
}

test('the bell counts unread notices; the list is newest first and marks one or all as read', async ({ browser }) => {
	// Four pages are looked at by axe.
	test.setTimeout(180_000);
	const { origin } = office;
	const supervisor = await office.signedIn(browser, 'supervisor');
	const handler = await office.signedIn(browser, 'handler');
	const first = await assigned(supervisor);
	const second = await assigned(supervisor);

	const row = (reference: string) => handler.locator('li', { hasText: reference }).filter({ hasText: 'ditugaskan' });
	await expect(async () => {
		await handler.goto(`${origin}/desk/notices`);
		await expect(row(first)).toBeVisible({ timeout: 1000 });
		await expect(row(second)).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	const listed = await handler.locator('main ul.divided > li').allInnerTexts();
	const placeOf = (reference: string) => listed.findIndex((text) => text.includes(reference));
	expect(placeOf(second)).toBeLessThan(placeOf(first));
	await expect(row(first)).toContainText('Belum dibaca');
	// No word of the report: the number leads to it.
	await expect(row(first)).not.toContainText('Kursi');

	const unread = handler.locator('main ul.divided > .unread');
	const bell = handler.getByRole('link', { name: /^Pemberitahuan/ }).first();
	// The page is loaded again for each try: a notice that arrives in between shows in both figures or in neither.
	const expectBellToAgree = () =>
		expect(async () => {
			await handler.goto(`${origin}/desk/notices`);
			const counted = Number(/(\d+) belum dibaca/.exec(await bell.innerText())?.[1] ?? 0);
			expect(counted).toBe(await unread.count());
		}).toPass({ timeout: 60_000 });
	await expectBellToAgree();
	await row(first).getByRole('button').click();
	await expect(row(first)).not.toContainText('Belum dibaca');
	await expectBellToAgree();
	await expect(row(first)).not.toContainText('Belum dibaca');
	await row(second).getByRole('link').click();
	await expect(handler).toHaveURL(`${origin}/desk/cases/${second}`);
	await handler.goto(`${origin}/desk/notices`);
	await expect(row(second)).not.toContainText('Belum dibaca');

	for (const width of [360, 1440]) {
		await handler.setViewportSize({ width, height: 900 });
		await visit(handler, '/desk/notices', origin);
		const overflow = await handler.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
		expect(overflow).toBeLessThanOrEqual(0);
	}
	await assigned(supervisor);
	const all = handler.getByRole('button', { name: 'Tandai semua sudah dibaca' });
	await expect(async () => {
		await handler.goto(`${origin}/desk/notices`);
		await expect(all).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	await all.click();
	await expect(all).toBeHidden();
	await expect(unread).toHaveCount(0);
	await expect(bell).not.toContainText('belum dibaca');
});

test('somebody without a desk has a page of notices too, and nobody opens those of another', async ({ browser }) => {
	const { origin } = office;
	const officer = await office.signedIn(browser, 'officer');
	await visit(officer, '/desk/notices', origin);
	await expect(officer.getByText('Belum ada pemberitahuan')).toBeVisible();
	await assigned(await office.signedIn(browser, 'supervisor'));
	const handler = await office.signedIn(browser, 'handler');
	const theirs = handler.locator('main ul.divided a').first();
	await expect(async () => {
		await handler.goto(`${origin}/desk/notices`);
		await expect(theirs).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	const answer = await officer.goto(`${origin}${await theirs.getAttribute('href')}`);
	expect(answer?.status()).toBe(404);
	await officer.goto(`${origin}/desk`);
	await expectAccessible(officer);
});
