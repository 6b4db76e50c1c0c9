import { submit } from '../scripts/site/client.ts';
import { OPERATIONS, type Operation } from '../src/lib/server/web/api/operations.ts';
import { ROUTES } from './support/access-table.ts';
import type { Scope } from '../src/lib/cases/vocabulary.ts';
import { officerNamed, tokenFor } from './support/cases.ts';
import { running, sessionOf } from './support/journey.ts';
import { isFullRun, expectAccessible, signedIn, openAndCheck } from './support/pages.ts';
import { api } from './support/site.ts';
import { expect, test, type Locator, type Page } from './support/test.ts';

/** The officer of `penangan2.mamuju`, who also handles cases and records visits. */
const OWN = 'Petugas Contoh 6';
const PROVINCE = 'BPS Provinsi Sulawesi Barat';

async function rate(more: Record<string, unknown>): Promise<string> {
	const rating = { unit: 'mamuju', score: 4, submission_id: crypto.randomUUID(), ...more };
	const { status, body } = await api(running().origin, '/ratings', { body: rating });
	expect(status).toBe(201);
	return String(body.id);
}

/** Records a visit with the guest book's form and ends it. @returns its link, as the desk's page shows it */
async function visitByDesk(cookie: string, officer: string): Promise<{ id: string; purpose: string; link: string }> {
	const { origin } = running();
	const [id, purpose] = [crypto.randomUUID(), `Data padi ${crypto.randomUUID().slice(0, 8)}`];
	const fields = { unit: 'mamuju', channel: 'walk_in', step: 'close', officer, purpose, submission_id: id };
	expect((await submit(origin, '/desk/visits', fields, cookie)).status).toBe(303);
	const page = await (await fetch(`${origin}/desk/visits/${id}`, { headers: { cookie } })).text();
	return { id, purpose, link: /\/nilai\/[\w-]{22}/.exec(page)?.[0] ?? '' };
}

/** The pages of these visits and of the account itself, without ids and time stamps that differ in every response. */
async function seenAtDesk(cookie: string, visits: { id: string; purpose: string }[], links: string[]) {
	const { origin } = running();
	const read = async (path: string) => {
		const response = await fetch(`${origin}${path}`, { headers: { cookie, accept: 'text/html' } });
		const main = /<main[\s\S]*<\/main>/.exec(await response.text())?.[0] ?? '';
		return `${response.status} ${main.replace(/<[^>]*(submission_id|opened|data-sveltekit)[^>]*>/g, '')}`;
	};
	const book = await read('/desk/visits?unit=mamuju');
	const rows = [...book.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([row]) => row);
	const pages = visits.flatMap(({ id }) => [`/desk/visits/${id}`, `/desk/visits/${id}/slip`]);
	return {
		rows: visits.map(({ purpose }) => rows.filter((row) => row.includes(purpose))),
		pages: await Promise.all([...pages, ...links, '/me'].map(read))
	};
}

/** Opens a decision of an entry, gives the reason and sends it. */
async function decide(entry: Locator, name: string, reason?: string): Promise<void> {
	await entry.getByText(name, { exact: true }).first().click();
	if (reason) await entry.locator('[name=reason]:visible').selectOption(reason);
	await entry.getByRole('button', { name, exact: true }).click();
}

const entryOf = (page: Page, words: string) => page.locator('li', { hasText: words }).last();

test('a rating from a signed-in browser of the office is marked; a manager reads why, and accepts a held one', async ({
	browser
}) => {
	const words = `Dari meja sendiri ${crypto.randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto('/mamuju/nilai');
	await desk.getByLabel('Tidak tahu atau tidak ada di daftar').check({ force: true });
	await desk.locator('[name=score][value="5"]').check({ force: true });
	await desk.getByText('Tambah keterangan').click();
	await desk.locator('[name=comment]').fill(words);
	await desk.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(desk).toHaveURL(/terima-kasih/);
	const manager = await signedIn(browser, 'pimpinan.mamuju');
	// It is held where rate limits are on, which they are not here.
	await openAndCheck(manager, '/insight/review?kind=marked');
	await expect(entryOf(manager, words)).toContainText('dikirim dari browser yang sedang masuk dengan akun kantor ini');
	await openAndCheck(manager, '/insight/review');
	const held = manager.getByRole('link', { name: /^Ditahan \d/ });
	const before = Number(/\d+/.exec(await held.innerText())?.[0]);
	await decide(entryOf(manager, 'Ditahan untuk diperiksa'), 'Hitung penilaian ini', 'genuine');
	await expect(manager.getByRole('status')).toContainText('Keputusan tersimpan');
	await expect(held).toContainText(String(before - 1));
});

test('a 1 is voided only once the province has agreed', async ({ browser }) => {
	const words = `Bukan petugas ini ${crypto.randomUUID().slice(0, 8)}`;
	await rate({ score: 1, comment: words });
	const manager = await signedIn(browser, 'pimpinan.mamuju');
	const voided = async () => {
		await manager.goto('/insight/ratings?unit=mamuju&score=1&state=voided');
		return manager.getByText(words).count();
	};
	const entry = entryOf(manager, words);
	const propose = async () => {
		await manager.goto('/insight/ratings?unit=mamuju&score=1');
		await entry.getByText('Usulkan tidak dihitung', { exact: true }).first().click();
		await expect(entry).toContainText(`disetujui pimpinan ${PROVINCE} selain pengusulnya`);
		await entry.getByLabel('Alasan').last().selectOption('wrong_officer');
		await entry.getByRole('button', { name: 'Usulkan tidak dihitung' }).click();
		await expect(manager.getByRole('status')).toContainText('Usulan tersimpan');
		expect(await voided()).toBe(0);
	};
	await propose();
	await manager.goto('/insight/ratings?unit=mamuju&score=1');
	await expect(entry).toContainText(`Usulan menunggu ${PROVINCE}`);
	await decide(entry, 'Tarik usulan', 'mistake');
	await expect(manager.getByRole('status')).toContainText('Penilaian dan angka tetap seperti semula');
	await propose();
	await manager.goto('/insight/review');
	await expect(entryOf(manager, words)).toContainText(`Menunggu keputusan pimpinan ${PROVINCE}`);
	const province = await signedIn(browser, 'pimpinan.sulbar');
	await province.goto('/insight/review');
	const proposal = entryOf(province, words);
	await expect(proposal).toContainText(`Anda dapat memutuskannya sebagai pimpinan ${PROVINCE}`);
	await decide(proposal, 'Setujui usulan');
	await expect(province.getByRole('status')).toContainText('Angka sudah disesuaikan');
	expect(await voided()).toBe(1);
});

test('a comment with a number waits until a manager lets the officer read it', async ({ browser }) => {
	const words = `Hubungi 0812-3456-${String(Math.floor(1000 + Math.random() * 8999))}`;
	await rate({ comment: words, officer: await officerNamed('Petugas Contoh 3') });
	const manager = await signedIn(browser, 'pimpinan.mamuju');
	await manager.goto('/insight/review?kind=comment');
	await expectAccessible(manager);
	const entry = entryOf(manager, words);
	await expect(entry).toContainText('nomor telepon');
	await decide(entry, 'Perlihatkan kepada petugas');
	await expect(manager.getByRole('status')).toContainText('Keputusan tersimpan');
	await expect(manager.getByText(words)).toHaveCount(0);
});

test('an officer contests a comment, a manager responds, and no figure changes', async ({ browser }) => {
	const officer = await signedIn(browser, 'petugas1.mamuju');
	await openAndCheck(officer, '/me');
	const figures = () => officer.locator('section', { hasText: 'Sebaran nilai' }).first().innerText();
	const before = await figures();
	await expect(officer.getByText('Petugas, BPS Kabupaten Mamuju')).toBeVisible();
	const comment = officer.locator('.comment', { has: officer.getByText('Ajukan keberatan') }).first();
	const commentText = await comment.locator('blockquote').innerText();
	await comment.getByText('Ajukan keberatan').click();
	const why = `Tamu ini dilayani rekan saya ${crypto.randomUUID().slice(0, 8)}`;
	await comment.locator('textarea').fill(' ');
	await comment.getByRole('button', { name: 'Kirim keberatan' }).click();
	await expect(officer.getByRole('alert')).toBeVisible();
	await expect(comment.locator('textarea')).toBeVisible();
	await comment.locator('textarea').fill(why);
	await comment.getByRole('button', { name: 'Kirim keberatan' }).click();
	const contests = officer.getByRole('region', { name: 'Keberatan Anda' });
	await expect(contests.getByRole('status')).toContainText('Keberatan Anda terkirim');
	await expect(officer.locator('#contests')).toContainText('Menunggu keputusan');
	await expectAccessible(officer);
	// A manager of the province may decide about any score.
	const manager = await signedIn(browser, 'pimpinan.sulbar');
	await openAndCheck(manager, '/insight/review');
	const entry = entryOf(manager, why);
	await expect(entry).toContainText(commentText);
	await entry.getByText('Terima keberatan').first().click();
	await entry.getByLabel('Alasan').selectOption('wrong_officer');
	// Typed and chosen values stay when the form is shown again.
	await entry.getByLabel('Jawaban untuk petugas').last().fill(' ');
	await entry.getByRole('button', { name: 'Terima keberatan' }).click();
	await expect(manager.getByRole('alert')).toBeVisible();
	await expect(entry.getByLabel('Alasan')).toHaveValue('wrong_officer');
	await expectAccessible(manager);
	await entry.getByLabel('Jawaban untuk petugas').last().fill('Benar, penilaian ini tidak lagi dihitung.');
	await entry.getByRole('button', { name: 'Terima keberatan' }).click();
	await expect(manager.getByRole('status')).toContainText('Keputusan tersimpan');
	await officer.goto('/me');
	await expect(officer.locator('#contests')).toContainText('Diterima, tidak dihitung');
	await expect(officer.locator('#contests')).toContainText('Benar, penilaian ini tidak lagi dihitung.');
	expect(await figures()).toBe(before);
});

test('after a day of three visits no page of an officer’s account leads to one of the ratings', async () => {
	const { origin } = running();
	const account = 'penangan2.mamuju';
	const officer = await officerNamed(OWN);
	const scopes: Scope[] = ['visits:write', 'cases:read', 'escalations:read', 'directory:read'];
	const token = await tokenFor(account, 'mamuju', scopes);
	const ownSession = await sessionOf(account);
	const visits = await Promise.all(
		[1, 3, 5].map(async (score) => ({ score, ...(await visitByDesk(ownSession, officer)) }))
	);
	const recordedVisit = await api(origin, '/visits', {
		token,
		body: { unit: 'mamuju', officer, channel: 'walk_in' }
	});
	expect(recordedVisit.status).toBe(201);
	const links = [...visits.map(({ link }) => link), new URL(String(recordedVisit.body.rating_url)).pathname];
	const seen = () => seenAtDesk(ownSession, visits, links);
	const before = await seen();
	expect(before.rows.map((rows) => rows.length)).toEqual([1, 1, 1]);
	const pageTexts: string[] = [];
	for (const [index, link] of links.entries()) {
		const comment = `rahasia-${crypto.randomUUID().slice(0, 8)}`;
		const visit_token = link.split('/').at(-1);
		pageTexts.push(comment, await rate({ score: visits[index]?.score ?? 2, comment, visit_token }));
	}
	// The guest book, the links and the officer's own page are the same as before the ratings.
	expect(await seen()).toEqual(before);
	for (const [person, username] of [
		['named', account],
		['officer', 'petugas1.mamuju']
	] as const) {
		const cookie = await sessionOf(username);
		for (const [route, { may, at: path = '/' }] of Object.entries(ROUTES)) {
			if (/[[{]/.test(path) || route === 'logout' || route === 'lacak/keluar') continue;
			// Pages that refuse the account are tested with the access rules.
			if (!isFullRun && !may.includes(person)) continue;
			const response = await fetch(`${origin}${path}`, { headers: { cookie, accept: 'text/html' } });
			// The desk's event stream does not end and has no content to check.
			if (response.headers.get('content-type') === 'text/event-stream') {
				await response.body?.cancel();
				continue;
			}
			const body = await response.text();
			for (const secret of pageTexts) expect.soft(body.includes(secret), `${username} ${path}`).toBe(false);
			// Pages of visits and the officer's own page have no link to a list of ratings.
			if (/^(desk|me)(\/|$)/.test(route)) expect.soft(body, `${username} ${path}`).not.toContain('/insight/ratings');
		}
	}
	for (const operation of Object.values<Operation>(OPERATIONS)) {
		if (operation.method !== 'get' || operation.path.includes('{')) continue;
		const { status, body } = await api(origin, `${operation.path}?unit=mamuju`, { token });
		const isAllowed = operation.scopes?.some((scope) => scopes.includes(scope));
		expect.soft(status, operation.path).toBe(isAllowed ? 200 : 403);
		for (const secret of pageTexts) expect.soft(JSON.stringify(body).includes(secret), operation.path).toBe(false);
	}
});
