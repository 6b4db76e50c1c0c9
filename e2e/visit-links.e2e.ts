import { submit } from '../scripts/site/client.ts';
import { makeActor, makeOfficer, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { now, withClock } from '../src/lib/server/clock.ts';
import { recordVisit } from '../src/lib/server/visits/entries.ts';
import { visitToken } from '../src/lib/server/visits/link.ts';
import { openOwnSite, withPasswords } from './support/own-site.ts';
import { expectAccessible, rateByLink, signedInAt } from './support/pages.ts';
import { api } from './support/site.ts';
import { expect, test } from './support/test.ts';

/**
 * A separate installation with links of visits at times that a journey can't wait for. One visit was fifteen minutes ago,
 * one three weeks ago, and one is in the future. The link of the last one is opened less than 20 seconds after its
 * visit on any machine.
 */
const openOffice = () =>
	openOwnSite('visits', async () => {
		const unit = await makeUnit();
		const other = await makeUnit();
		const officer = await makeOfficer(unit.id);
		const handler = await makeActor([[unit.id, 'handler']]);
		const visitTokenAt = async (minutesAgo: number) => {
			const moment = new Date(now().getTime() - minutesAgo * 60_000);
			const visit = { unit: unit.code, channel: 'walk_in', officer: officer.id, step: 'close' };
			const note = () => recordVisit(handler, { ...visit, submission_id: crypto.randomUUID() }, 'desk');
			return visitToken((await withClock(() => moment, note)).id);
		};
		const tokens = {
			open: await visitTokenAt(15),
			expired: await visitTokenAt(21 * 24 * 60),
			early: await visitTokenAt(-30)
		};
		const { manager } = await withPasswords({ manager: await makeActor([[unit.id, 'manager']]) });
		return { unit, other, officer, manager, tokens };
	});

let office: Awaited<ReturnType<typeof openOffice>>;
test.beforeAll(async () => void (office = await openOffice()));
test.afterAll(() => office?.stop());

test('fifty browsers with one link give one verified rating; refused links say why', async ({ browser }) => {
	const { origin, unit, other, tokens, officer } = office;
	const page = await browser.newPage({ baseURL: origin });
	const send = async (form: { score: string; submission_id: string }) => {
		const response = await submit(origin, `/nilai/${tokens.open}`, form);
		return { form, status: response.status, to: response.headers.get('location'), text: await response.text() };
	};
	const sent = await Promise.all(
		Array.from({ length: 50 }, (_, index) =>
			send({ score: String((index % 5) + 1), submission_id: crypto.randomUUID() })
		)
	);
	const accepted = sent.filter(({ status }) => status === 303);
	expect(accepted).toHaveLength(1);
	// The accepted form sent again gets the same response. All others are refused.
	for (const one of accepted) expect(await send(one.form)).toEqual(one);
	expect((await send({ score: '5', submission_id: crypto.randomUUID() })).status).toBe(410);
	const refusals = sent.filter(({ status }) => status !== 303);
	for (const { status, text } of refusals) {
		expect([410, 422]).toContain(status);
		expect(text).toContain('sudah dipakai');
		expect(text).toContain(`/${unit.slug}/nilai`);
	}
	const { body } = await api(origin, `/leaderboard?unit=${unit.code}`);
	expect(body.insufficient).toEqual([{ officer: { id: officer.id, name: officer.name }, n: 1 }]);

	for (const [token, words] of [
		[tokens.open, 'sudah dipakai'],
		[tokens.expired, 'lewat masa berlakunya']
	] as const) {
		const response = await page.goto(`/nilai/${token}`);
		expect(response?.status()).toBe(410);
		await expect(page.getByText(words).first()).toBeVisible();
		await expectAccessible(page);
		await page.getByRole('link', { name: 'Nilai tanpa tautan' }).click();
		await expect(page).toHaveURL(`/${unit.slug}/nilai`);
	}
	expect((await page.goto('/nilai/AAAAAAAAAAAAAAAAAAAAAA'))?.status()).toBe(404);
	await expect(page.getByText('tidak dikenal').first()).toBeVisible();
	await page.locator('main').getByRole('link').first().click();
	await expect(page.getByRole('link', { name: /Kantor Contoh/ }).first()).toBeVisible();
	// Through the rating form of another office.
	const elsewhere = { score: '5', visit_token: tokens.open, submission_id: crypto.randomUUID() };
	const foreign = await submit(origin, `/${other.slug}/nilai`, elsewhere);
	expect(foreign.status).toBe(422);
	expect(await foreign.text()).toContain('Tautan penilaian ini dari kantor lain');
});

test('a rating with a link that was opened faster than a person could is held for review', async ({ browser }) => {
	const { origin, unit, manager, tokens } = office;
	const words = `terlalu-cepat-${crypto.randomUUID().slice(0, 8)}`;
	await rateByLink(browser, `${origin}/nilai/${tokens.early}`, words);
	const page = await signedInAt(browser, origin, manager);
	await page.goto(`/insight/review?kind=marked&unit=${unit.slug}`);
	await expect(page.locator('li', { hasText: words }).last()).toContainText('kurang dari 20 detik');
});
