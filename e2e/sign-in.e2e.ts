import { makeActor, makePlace, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { findAccount } from '../src/lib/server/people/accounts.ts';
import { SESSION_COOKIE } from '../src/lib/server/web/cookies/session-cookie.ts';
import { createKioskLink } from '../src/lib/server/places/kiosk-pairing.ts';
import { receiptFromBytes } from '../src/lib/text/receipt-format.ts';
import { openCase } from './support/cases.ts';
import { PIN, TABLET } from './support/kiosk.ts';
import { makeAccount, openOldSession, openOwnSite } from './support/own-site.ts';
import { isFullRun, expectAccessible, fill, windowOfSession } from './support/pages.ts';
import { photoWithPosition } from './support/photo.ts';
import { expect, test } from './support/test.ts';

const HEAD = 'kepala.contoh';
const COLLEAGUES = ['petugas.contoh1', 'petugas.contoh2', 'petugas.contoh3'];
/** Number of sign-ins on a known device, and as many on new ones, while attackers guess. */
const ATTEMPTS = 14;
/** Answered guesses of each attacker before the first sign-in. */
const GUESSES = 24;
const times = (answers: readonly Answer[]) => answers.map(({ ms }) => ms).join(' ');
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

/** The fields as a multipart form. */
function formOf(fields: Record<string, string>): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.set(name, value);
	return form;
}

const PATIENCE_MS = 120_000;

/** A browser without scripts at one address. It keeps its cookies except the session's. */
interface Device {
	address: string;
	cookies: Map<string, string>;
}

const deviceAt = (address: string): Device => ({ address, cookies: new Map() });

async function ask(origin: string, device: Device, path: string, form?: URLSearchParams | FormData): Promise<Response> {
	const cookie = [...device.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
	const response = await fetch(origin + path, {
		method: form ? 'POST' : 'GET',
		redirect: 'manual',
		// The site trusts one proxy. This is the header that the proxy would add.
		headers: { origin, cookie, 'x-forwarded-for': device.address },
		body: form,
		signal: AbortSignal.timeout(PATIENCE_MS)
	});
	for (const set of response.headers.getSetCookie()) {
		const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
		if (name !== SESSION_COOKIE) device.cookies.set(name, value);
	}
	return response;
}

interface Answer {
	status: number;
	ms: number;
	body: string;
}

async function send(origin: string, device: Device, path: string, form: URLSearchParams | FormData): Promise<Answer> {
	const began = performance.now();
	const response = await ask(origin, device, path, form);
	return { status: response.status, body: await response.text(), ms: Math.round(performance.now() - began) };
}

/** Opens the sign-in page, as a person does, and sends the form. The status is 303 if the sign-in succeeds. */
async function signInFrom(origin: string, device: Device, username: string, password: string): Promise<Answer> {
	await (await ask(origin, device, '/login')).text();
	return send(origin, device, '/login', new URLSearchParams({ username, password }));
}

type Guesser = ReturnType<typeof guess>;

/** Starts an attacker who guesses over many connections until stopped, and never opens the page first. */
function guess(origin: string, address: string, connections: number, username: (n: number) => string) {
	const answers = new Map<number, number>();
	let going = true;
	let sent = 0;
	let responseCount = 0;
	const connection = async () => {
		while (going) {
			sent += 1;
			const form = new URLSearchParams({ username: username(sent), password: `tebakan nomor ${sent}` });
			const { status } = await send(origin, deviceAt(address), '/login', form).catch(() => ({ status: 0 }));
			answers.set(status, (answers.get(status) ?? 0) + 1);
			responseCount += 1;
		}
	};
	const all = Promise.all(Array.from({ length: connections }, connection));
	return {
		/** Number of responses by status. */
		answers,
		/** Resolves after `count` responses. */
		answered: async (count: number) => {
			while (responseCount < count) await new Promise((done) => setTimeout(done, 20));
		},
		stop: async () => {
			going = false;
			await all;
		}
	};
}

/** A site with its rate limits on, behind a proxy that passes on client addresses. */
async function guardedOffice() {
	const passwords = new Map<string, string>();
	const makePeople = async () => {
		for (const username of [HEAD, ...COLLEAGUES]) {
			const name = `Petugas Contoh ${passwords.size}`;
			passwords.set(username, (await makeAccount({ username, name, roles: ['handler'] })).password);
		}
		const unit = await makeUnit();
		const place = await makePlace(unit.id, { kind: 'kiosk' });
		const admin = await makeActor([[unit.id, 'admin']]);
		const name = 'Administrator Contoh';
		const { username, password } = await makeAccount({ username: 'administrator.contoh', name, roles: ['admin'] });
		const stale = { session: await openOldSession((await findAccount(username))?.id ?? ''), password };
		return { kiosk: await createKioskLink(admin, place.id, { mode: 'tablet', pin: PIN }), stale };
	};
	const site = await openOwnSite('sign-in', makePeople, { LIMITS: 'on', TRUST_PROXY: '1' });
	const enter = (device: Device, username = HEAD) =>
		signInFrom(site.origin, device, username, passwords.get(username) ?? '');
	return { ...site, enter };
}

let office: Awaited<ReturnType<typeof guardedOffice>>;
test.beforeAll(async () => void (office = await guardedOffice()));
test.afterAll(() => office?.stop());

test('wrong codes of others at the same address do not block the right code', async () => {
	const { origin } = office;
	const { receipt } = await openCase({ unit: 'contoh', kind: 'suggestion' }, office);
	const phone = () => deviceAt('203.0.113.7');
	const wrong = (n: number) => receiptFromBytes(new Uint8Array(10).fill(n));
	const answers = await Promise.all(
		Array.from({ length: 40 }, (_, n) => send(origin, phone(), '/lacak', new URLSearchParams({ receipt: wrong(n) })))
	);
	const right = await send(origin, phone(), '/lacak', new URLSearchParams({ receipt }));
	expect(right.status).toBe(303);
	expect(new Set(statuses(answers))).toEqual(new Set([422]));
});

// A load on both cores, which belongs to the long run.
if (isFullRun)
	test('guesses of the head’s password from any address lock out neither the head nor colleagues', async () => {
		test.setTimeout(600_000);
		const { origin, enter } = office;
		const OFFICE = '203.0.113.1';
		const known = deviceAt('198.51.100.1');
		const guessers: Guesser[] = [];
		try {
			expect((await enter(known)).status).toBe(303);
			// Many connections from elsewhere and from the office's own address, guessing for the head's account and for
			// unknown names.
			guessers.push(guess(origin, '192.0.2.1', 100, () => HEAD));
			guessers.push(guess(origin, OFFICE, 24, () => HEAD));
			guessers.push(guess(origin, OFFICE, 24, (n) => `orang.lain${n}`));
			await Promise.all(guessers.map((guesser) => guesser.answered(GUESSES)));

			const atOnce: Answer[] = [];
			for (let n = 0; n < ATTEMPTS; n++) atOnce.push(await enter(known));
			const words = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.';
			const form = formOf({ body: words, identity: 'none', submission_id: crypto.randomUUID() });
			form.set('file', new Blob([new Uint8Array(await photoWithPosition())], { type: 'image/jpeg' }), 'kursi.jpg');
			const upload = formOf({ username: HEAD, password: 'tebakan' });
			const [uploads, complaint, ...waited] = await Promise.all([
				Promise.all(Array.from({ length: 8 }, () => send(origin, deviceAt('192.0.2.2'), '/login', upload))),
				send(origin, deviceAt('198.51.100.3'), '/contoh/pengaduan', form),
				...Array.from({ length: ATTEMPTS }, (_, n) => enter(deviceAt(`198.51.100.${20 + n}`))),
				...COLLEAGUES.map((username) => enter(deviceAt(OFFICE), username)),
				enter(deviceAt(OFFICE))
			]);
			const figures = [
				`known device: ${statuses(atOnce)} in ${times(atOnce)} ms`,
				`new devices: ${statuses(waited)} in ${times(waited)} ms`,
				`complaint with a photo: ${complaint.status} in ${complaint.ms} ms`,
				...guessers.map(({ answers }) => `guesser: ${[...answers].map((one) => one.join(' x ')).join(', ')}`)
			];
			test.info().annotations.push({ type: 'figures', description: figures.join('\n') });
			expect(new Set(statuses(atOnce)), 'on a known device').toEqual(new Set([303]));
			expect(new Set(statuses(waited)), 'on new devices').toEqual(new Set([303]));
			expect(complaint.status).toBe(303);
			// Wrong, or not checked because too many wait.
			for (const status of statuses(uploads)) expect([422, 429], 'guesses as a form with files').toContain(status);
		} finally {
			await Promise.all(guessers.map((guesser) => guesser.stop()));
		}
	});

test('after five wrong PINs of a tablet the right one is accepted after a wait', async ({ browser }) => {
	const page = await browser.newPage({ ...TABLET, baseURL: office.origin });
	await page.goto(`/kiosk/${office.kiosk}`);
	await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).click();
	await expect(page).toHaveURL(/\/kiosk$/);
	await page.goto('/kiosk/keluar');
	const type = async (pin: string) => {
		await page.locator('[name=pin]').fill(pin);
		const answer = page.waitForResponse((response) => response.request().method() === 'POST');
		await page.getByRole('button', { name: 'Keluar' }).click();
		return (await answer).status();
	};
	for (let n = 0; n < 5; n++) expect(await type('1111')).toBe(422);
	await expect(page.getByText('diperiksa setelah 5 detik').first()).toBeVisible();
	await expectAccessible(page);
	expect(await type(PIN)).toBe(200);
	await expect(page.getByRole('link', { name: 'Buka situs biasa' })).toBeVisible();
});

test('a person who signed in long ago types the password again before giving a role, and nothing typed is lost', async ({
	browser
}) => {
	const { origin, stale } = office;
	const page = await windowOfSession(browser, origin, stale.session);
	await page.goto('/admin/people/new');
	await fill(page, { name: 'Pegawai Contoh', username: 'pegawai.contoh' });
	await page.locator('[name=roles][value=manager]').check();
	await page.getByRole('button', { name: 'Tambah akun' }).click();
	await expect(page.getByRole('heading', { name: 'Ketik kata sandi Anda' })).toBeVisible();
	await expectAccessible(page);
	for (const password of ['tebakan yang salah', stale.password]) {
		await page.locator('[name=password]').fill(password);
		await page.getByRole('button', { name: 'Lanjutkan' }).click();
		if (password !== stale.password) await expect(page.getByRole('alert')).toContainText('Kata sandi tidak cocok.');
	}
	await expect(page.getByRole('heading', { name: 'Pegawai Contoh' })).toBeVisible();
	await expect(page.getByRole('region', { name: 'Peran', exact: true })).toContainText('Pimpinan');
});
