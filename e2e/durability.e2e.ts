import { join } from 'node:path';
import postgres from 'postgres';
import { expect, test, type Browser } from './support/test.ts';
import { ownFolder, ownServer, withUndo } from '../scripts/run-until-signal.ts';
import { breakableNetwork } from '../src/lib/dev/testing/network/breakable-network.ts';
import { waitFor } from '../scripts/site/child-process.ts';
import { createAccount } from '../scripts/site/start.ts';
import { report } from './support/cases.ts';
import { expectFits, track } from './support/pages.ts';
import { api, startSite, TEST_KEY, untilReached, type Site } from './support/site.ts';

interface Sent {
	path: string;
	body: Record<string, unknown>;
	response: Record<string, unknown>;
}

/** Sends ratings and reports one after the other until the site is killed, and records which were acknowledged. */
async function stream(site: Site, acknowledged: Sent[]): Promise<void> {
	for (let sent = 0; sent < 2000; sent++) {
		const common = { unit: '7600', submission_id: crypto.randomUUID() };
		const [path, body]: [string, Record<string, unknown>] =
			sent % 2 === 0
				? ['/ratings', { ...common, score: 1 + (sent % 5) }]
				: ['/cases', report({ ...common, kind: 'suggestion', body: `Saran nomor ${sent} dari uji ketahanan.` })];
		try {
			const { status, body: response } = await api(site.origin, path, { body });
			expect(status).toBe(201);
			acknowledged.push({ path, body, response });
		} catch (error) {
			if (error instanceof TypeError || error instanceof SyntaxError) return; // the connection broke, because the site was killed
			throw error;
		}
	}
}

/** Number of kills. After the last start, everything acknowledged must exist. */
const KILLS = 3;

async function killedInAStream(settings: Record<string, string>): Promise<void> {
	await createAccount(settings);
	const acknowledged: Sent[] = [];
	for (let round = 0; round < KILLS; round++) {
		const site = await startSite(settings);
		const streams = Array.from({ length: 6 }, () => stream(site, acknowledged));
		// After enough acknowledged submissions, so that the kill happens during the stream on any machine.
		const enough = acknowledged.length + 20 + 7 * round;
		await untilReached(site, () => acknowledged.length >= enough);
		await site.kill();
		await Promise.all(streams);
	}
	const site = await startSite(settings);
	try {
		for (const { path, body, response } of acknowledged) {
			// A stored submission that is sent again gives the same response. A lost one would be created again (201).
			const repeated = await api(site.origin, path, { body });
			expect(repeated.status).toBe(200);
			expect(repeated.body).toEqual(response);
		}
		const references = acknowledged.flatMap(({ response }) => (response.reference ? [String(response.reference)] : []));
		expect(new Set(references).size).toBe(references.length);
	} finally {
		expect(await site.stop()).toBe('');
	}
}

test('everything that a site on the embedded database acknowledged exists after kill -9', () =>
	withUndo((undo) => killedInAStream({ APP_KEY: TEST_KEY, DATA_DIR: ownFolder(undo) })));

test('everything that a site on PostgreSQL acknowledged exists after kill -9', () =>
	withUndo(async (undo) => {
		const { folder, url } = await ownServer(undo);
		await killedInAStream({ APP_KEY: TEST_KEY, DATA_DIR: join(folder, 'data'), DATABASE_URL: url });
	}));

for (const lost of ['ended by the server', 'reset by the network'] as const)
	test(`a site accepts ratings again after its PostgreSQL connections are ${lost}`, () =>
		withUndo((undo) => losesConnections(lost, undo)));

/** Starts a site whose connections to its PostgreSQL server can be cut. */
async function siteBehindNetwork(undo: (() => unknown)[]) {
	const { folder, url } = await ownServer(undo);
	const network = await breakableNetwork(url);
	undo.push(network.close);
	const settings = { APP_KEY: TEST_KEY, DATA_DIR: join(folder, 'data'), DATABASE_URL: network.url };
	await createAccount(settings);
	const site = await startSite(settings);
	undo.push(() => site.stop());
	return { url, network, site };
}

async function losesConnections(lost: string, undo: (() => unknown)[]): Promise<void> {
	const { url, network, site } = await siteBehindNetwork(undo);
	const admin = postgres(url, { max: 1, onnotice: () => {} });
	undo.push(() => admin.end({ timeout: 5 }));
	const end = () =>
		admin`select pg_terminate_backend(pid) from pg_stat_activity
				where datname = current_database() and pid <> pg_backend_pid()`;
	const ending = (async () => {
		for (let round = 0; round < 40; round++) {
			if (lost === 'reset by the network') network.reset();
			else await end();
			await new Promise((done) => setTimeout(done, 250));
		}
	})();
	let over = false;
	const send = async () => {
		const statuses: number[] = [];
		while (!over) {
			const body = { unit: '7600', submission_id: crypto.randomUUID(), score: 5 };
			statuses.push((await api(site.origin, '/ratings', { body })).status);
		}
		return statuses;
	};
	const senders = Array.from({ length: 6 }, send);
	await ending.finally(() => (over = true));
	const statuses = (await Promise.all(senders)).flat();
	expect(statuses).toContain(201);
	expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([]);
	await waitFor(site, `${site.origin}/readyz`);
	// More requests than the pool has connections: no connection may be lost for good.
	const rating = () =>
		api(site.origin, '/ratings', { body: { unit: '7600', submission_id: crypto.randomUUID(), score: 5 } });
	const later = await Promise.all(Array.from({ length: 30 }, rating));
	expect(later.map(({ status }) => status)).toEqual(Array(30).fill(201));
	const [{ count } = { count: 0 }] = await admin`select count(*)::int as count from ratings`;
	expect(count).toBeGreaterThanOrEqual(statuses.filter((status) => status === 201).length + later.length);
}

test('a site whose PostgreSQL is stopped returns forms with their text, and recovers soon after it', ({ browser }) =>
	withUndo((undo) => losesDatabase(browser, undo)));

async function losesDatabase(browser: Browser, undo: (() => unknown)[]): Promise<void> {
	const { network, site } = await siteBehindNetwork(undo);
	const body = 'Kursi ruang tunggu patah sejak kemarin.';
	const send = () => {
		const fields = { submission_id: crypto.randomUUID(), identity: 'none', body };
		const form = { method: 'POST', headers: { origin: site.origin }, body: new URLSearchParams(fields) };
		return fetch(`${site.origin}/7600/saran`, { ...form, redirect: 'manual' });
	};
	expect((await send()).status).toBe(303);
	const opened = await api(site.origin, '/cases', {
		body: report({ unit: '7600', submission_id: crypto.randomUUID() })
	});
	const phone = await browser.newPage({ baseURL: site.origin, javaScriptEnabled: false });
	await track(phone, String(opened.body.receipt));
	await phone.goto('/lacak/laporan/pesan');
	await phone.locator('[name=body]').fill(body);
	await network.stop();
	// Longer than the site keeps reference data in memory without its database connection (`reference.ts`).
	await new Promise((done) => setTimeout(done, 3000));
	const refused = await send();
	expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
	expect(await refused.text()).toContain(body);
	const returned = phone.waitForResponse((response) => response.request().method() === 'POST');
	await phone.locator('main form[method=POST] button').last().click();
	expect((await returned).status()).toBe(503);
	await expect(phone.getByRole('main').getByText(body)).toBeVisible();
	await expectFits(phone, 360, 1440);
	const unread = await fetch(`${site.origin}/lacak/kontak/${'a'.repeat(43)}`);
	expect([unread.status, unread.headers.get('retry-after')]).toEqual([503, '30']);
	await network.start();
	const began = performance.now();
	await expect.poll(async () => (await send()).status, { intervals: [200] }).toBe(303);
	expect(performance.now() - began).toBeLessThan(10_000);
	// The page advises to reload. The browser then sends the text again.
	await phone.reload();
	await expect(phone).toHaveURL(/\?terkirim$/);
	await expect(phone.getByText(body)).toBeVisible();
}
