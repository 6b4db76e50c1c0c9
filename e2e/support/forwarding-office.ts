import { randomUUID } from 'node:crypto';
import { expect, type Browser, type Page } from '@playwright/test';
import { SANDBOX_API_PATH, SANDBOX_DEFAULTS } from '../../src/lib/dev/lapor-sandbox/options.ts';
import type { StoredReport } from '../../src/lib/dev/lapor-sandbox/records.ts';
import { startSandbox } from '../../src/lib/dev/lapor-sandbox/server.ts';
import { openBentWire, type BentWire } from './bent-wire.ts';
import { command } from './first-office.ts';
import { makeOwnDatabase } from './own-database.ts';
import { expectAccessible } from './pages.ts';
import { api, startSite, TEST_BOOTSTRAP } from './site.ts';

const UNIT = '7604';
/** Ids that the sandbox takes. */
const IDS = { channel: '13', user: '5218120', institution: '151347', location: '34', category: '436' };

/** An installation of its own with one office, one person who does everything, and LAPOR's stand-in behind a wire. */
export interface ForwardingOffice {
	origin: string;
	wire: BentWire;
	/** What the stand-in has stored, where given only with that reference. */
	reports: (reference?: string) => Promise<StoredReport[]>;
	/** Its fault plan; none clears it. */
	faults: (...plan: Record<string, unknown>[]) => Promise<void>;
	/** Moves a report at LAPOR's side: `status` or `followups`. */
	atLapor: (id: number, what: 'status' | 'followups', body: Record<string, unknown>) => Promise<void>;
	/** A verified complaint; the receipt is its reporter's. */
	complaint: (changes?: Record<string, unknown>) => Promise<{ reference: string; receipt: string; version: number }>;
	/** The same, forwarded by the office; the address of its page. */
	forwarded: (changes?: Record<string, unknown>) => Promise<{ reference: string; receipt: string; page: string }>;
	/** Adds a file to a case, as another system of the office does. */
	attach: (reference: string, file: { bytes: Uint8Array; type: string; name: string }) => Promise<Response>;
	signedIn: (browser: Browser) => Promise<Page>;
	stop: () => Promise<void>;
}

/** Starts the built site with these settings beside a sandbox; a machine's look-up is off, so that people decide. */
export async function openForwardingOffice(settings: Record<string, string> = {}): Promise<ForwardingOffice> {
	const own = await makeOwnDatabase('forwarding');
	const sandbox = await startSandbox({ ...SANDBOX_DEFAULTS, file: null, port: 0 });
	const wire = await openBentWire(sandbox.url);
	const { username, password } = await makePerson(own.settings);
	const site = await startSite({
		...own.settings,
		LIMITS: 'off',
		LAPOR_MODE: 'api',
		LAPOR_BASE_URL: wire.url + SANDBOX_API_PATH,
		LAPOR_AUTH_HEADER: SANDBOX_DEFAULTS.authHeader,
		LAPOR_BEARER: SANDBOX_DEFAULTS.bearer,
		LAPOR_TOKEN: SANDBOX_DEFAULTS.token,
		LAPOR_LOOKUP: 'off',
		LAPOR_POLL_SECONDS: '1',
		LAPOR_RETRY_SECONDS: '1,1,2',
		...settings
	});
	const { origin } = site;

	const post = async (path: string, body: unknown) => {
		const answer = await fetch(sandbox.url + path, {
			method: 'POST',
			headers: { 'content-type': 'application/json', connection: 'close' },
			body: JSON.stringify(body)
		});
		expect(answer.ok, await answer.text()).toBe(true);
	};
	const called = async (path: string, body: unknown) => {
		const answer = await api(origin, path, { body });
		expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
		return answer.body;
	};
	const complaint: ForwardingOffice['complaint'] = async (changes = {}) => {
		const opened = await called('/cases', {
			unit: UNIT,
			kind: 'complaint',
			title: 'Antrean loket dua tidak bergerak',
			body: 'Saya menunggu dua jam di loket dua, dan tidak ada petugas yang memanggil nomor antrean.',
			identity: 'none',
			submission_id: randomUUID(),
			...changes
		});
		const reference = String(opened.reference);
		const verified = await called(`/cases/${reference}/verification`, { category: 'time', class: 'plain', version: 1 });
		return { reference, receipt: String(opened.receipt), version: Number(verified.version) };
	};
	const signedIn: ForwardingOffice['signedIn'] = async (browser) => {
		const page = await (await browser.newContext()).newPage();
		await page.goto(`${origin}/login`);
		await page.locator('[name=username]').fill(username);
		await page.locator('[name=password]').fill(password);
		await page.getByRole('button', { name: 'Masuk', exact: true }).click();
		await expect(page).not.toHaveURL(/\/login/);
		return page;
	};
	await enterIds(origin, username, password);
	return {
		origin,
		wire,
		reports: async (reference) => {
			const query = reference ? `?text=${encodeURIComponent(reference)}` : '';
			return (await (await fetch(`${sandbox.url}/_reports${query}`)).json()) as StoredReport[];
		},
		faults: (...plan) => post('/_faults', plan),
		atLapor: (id, what, body) => post(`/_reports/${id}/${what}`, body),
		complaint,
		forwarded: async (changes) => {
			const { reference, receipt, version } = await complaint(changes);
			const input = { purpose: 'record', reason: 'Perlu tercatat di sistem nasional.', version };
			const view = await called(`/cases/${reference}/escalations`, input);
			return { reference, receipt, page: `/desk/escalations/${newestForward(view)}` };
		},
		attach: async (reference, { bytes, type, name }) => {
			const form = new FormData();
			form.append('file', new Blob([Uint8Array.from(bytes)], { type }), name);
			return fetch(`${origin}/api/v1/cases/${reference}/attachments`, {
				method: 'POST',
				headers: { authorization: `Bearer ${TEST_BOOTSTRAP}` },
				body: form
			});
		},
		signedIn,
		stop: async () => {
			await site.stop();
			await wire.close();
			await sandbox.close();
			await own.remove();
		}
	};
}

function newestForward(view: Record<string, unknown>): string {
	const forwards = view.escalations as { id: string; nn: number }[] | undefined;
	return forwards ? (forwards.toSorted((a, b) => b.nn - a.nn)[0]?.id ?? '') : String(view.id);
}

async function makePerson(settings: Record<string, string>): Promise<{ username: string; password: string }> {
	const username = 'penangan';
	const flags = ['--username', username, '--name', 'Siti Rahma', '--unit', UNIT, '--unit-name', 'BPS Kabupaten Mamuju'];
	const roles = ['handler', 'supervisor', 'admin'].flatMap((role) => ['--role', role]);
	const { stdout } = await command('user-create', [...flags, ...roles, '--password'], settings);
	return { username, password: /^password\s+(\S+)$/m.exec(stdout)?.[1] ?? '' };
}

/** The numbers an office gives LAPOR, by the administrator's own form. */
async function enterIds(origin: string, username: string, password: string): Promise<void> {
	const send = (path: string, fields: Record<string, string>, cookie = '') =>
		fetch(origin + path, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin, cookie, 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams(fields)
		});
	const login = await send('/login', { username, password });
	const cookie = login.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
	const ids = Object.fromEntries(Object.entries(IDS).map(([key, id]) => [`ids.${key}`, id]));
	const saved = await send(`/admin/lapor/${UNIT}`, ids, cookie.join('; '));
	expect(saved.status).toBe(303);
}

/** Opens a page of the office in both languages and both widths, and checks each; it stays in Indonesian. */
export async function visitForward(page: Page, address: string): Promise<void> {
	for (const lang of ['en', 'id']) {
		await page.setViewportSize({ width: 360, height: 900 });
		await page.goto(`${address}?lang=${lang}`);
		await expect(page.locator('html')).toHaveAttribute('lang', lang);
		for (const width of [360, 1440]) {
			await page.setViewportSize({ width, height: 900 });
			await expectAccessible(page);
			const wide = await page.evaluate(
				() => document.documentElement.scrollWidth - document.documentElement.clientWidth
			);
			expect(wide, `${address} at ${width}`).toBeLessThanOrEqual(0);
		}
	}
}
