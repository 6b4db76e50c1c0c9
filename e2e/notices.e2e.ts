import { makeActor, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { openCase } from './support/cases.ts';
import { openOwnSite, withPasswords } from './support/own-site.ts';
import { expectAccessible, openAtDesk, openUntil, signedInAt, openAndCheck } from './support/pages.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';

/** A separate installation, so that no other journey and no seeded deadline adds a notice. */
const openOffice = () =>
	openOwnSite('notices', async () => {
		const unit = await makeUnit();
		const handler = await makeActor([[unit.id, 'handler']]);
		const supervisor = await makeActor([[unit.id, 'handler', 'supervisor']]);
		const officer = await makeActor([]);
		const people = await withPasswords({ handler, supervisor, officer });
		return { unit, people, handlerName: handler.name };
	});

let office: Awaited<ReturnType<typeof openOffice>>;
test.beforeAll(async () => void (office = await openOffice()));
test.afterAll(() => office?.stop());

const signedIn = (browser: Browser, who: 'handler' | 'supervisor' | 'officer'): Promise<Page> =>
	signedInAt(browser, office.origin, office.people[who]);

/** Opens a suggestion, which the supervisor assigns to the handler. @returns its number */
async function assigned(supervisor: Page): Promise<string> {
	const { reference } = await openCase({ unit: office.unit.code, kind: 'suggestion' }, office);
	await openAtDesk(supervisor, reference, 'assignment');
	await supervisor.getByRole('radio', { name: office.handlerName }).check();
	await supervisor.getByRole('main').getByRole('button', { name: 'Tugaskan' }).click();
	await expect(supervisor).toHaveURL(new RegExp(`/desk/cases/${reference}(\\?|$)`));
	return reference;
}

test('the bell counts unread notices; the list has the newest case first and marks one case or all as read', async ({
	browser
}) => {
	const supervisor = await signedIn(browser, 'supervisor');
	const handler = await signedIn(browser, 'handler');
	const first = await assigned(supervisor);
	const second = await assigned(supervisor);

	const row = (reference: string) => handler.locator('li', { hasText: reference }).filter({ hasText: 'ditugaskan' });
	const title = (reference: string) => row(reference).getByRole('heading');
	await openUntil(handler, '/desk/notices', row(first));
	await openUntil(handler, '/desk/notices', row(second));
	const listed = await handler.locator('main ul.divided > li').allInnerTexts();
	const placeOf = (reference: string) => listed.findIndex((text) => text.includes(reference));
	expect(placeOf(second)).toBeLessThan(placeOf(first));
	await expect(row(first)).toContainText('belum dibaca');
	await expect(title(first)).toContainText('Meja enam');

	const unread = handler.locator('main .notice.unread');
	const bell = handler.getByRole('link', { name: /^Pemberitahuan/ }).first();
	// The page is loaded again for each attempt, because a notice that arrives in between changes one figure only.
	const expectBellToAgree = () =>
		expect(async () => {
			await handler.goto('/desk/notices');
			const counted = Number(/(\d+) belum dibaca/.exec(await bell.innerText())?.[1] ?? 0);
			expect(counted).toBe(await unread.count());
		}).toPass({ timeout: 60_000 });
	await expectBellToAgree();
	await row(first).getByRole('button').click();
	await expect(row(first)).not.toContainText('belum dibaca', { ignoreCase: true });
	await expectBellToAgree();
	await expect(row(first)).not.toContainText('belum dibaca', { ignoreCase: true });
	await row(second).getByRole('link', { name: 'ditugaskan' }).click();
	await expect(handler).toHaveURL(`/desk/cases/${second}`);
	await handler.goto('/desk/notices');
	await expect(row(second)).not.toContainText('belum dibaca', { ignoreCase: true });

	await openAndCheck(handler, '/desk/notices', 360, 1440);
	await assigned(supervisor);
	const all = handler.getByRole('button', { name: 'Tandai semua sudah dibaca' });
	await openUntil(handler, '/desk/notices', all);
	await all.click();
	await expect(all).toBeHidden();
	await expect(unread).toHaveCount(0);
	await expect(bell).not.toContainText('belum dibaca');
});

test('a person without a desk has a page of notices too, and nobody opens another person’s notices', async ({
	browser
}) => {
	const officer = await signedIn(browser, 'officer');
	await openAndCheck(officer, '/desk/notices');
	await expect(officer.getByText('Belum ada pemberitahuan')).toBeVisible();
	await expect(officer.getByText('tugas Anda di situs ini. Yang terbaru')).toBeVisible();
	await assigned(await signedIn(browser, 'supervisor'));
	const handler = await signedIn(browser, 'handler');
	const theirs = handler.getByRole('link', { name: 'ditugaskan' }).first();
	await openUntil(handler, '/desk/notices', theirs);
	const response = await officer.goto((await theirs.getAttribute('href')) ?? '');
	expect(response?.status()).toBe(404);
	await officer.goto('/desk');
	await expectAccessible(officer);
});
