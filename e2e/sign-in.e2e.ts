import { randomUUID } from 'node:crypto';
import { expect, test } from './support/test.ts';
import { provideAccount } from '../src/lib/server/people/first-account.ts';
import { receiptFromBytes } from '../src/lib/text/receipt.ts';
import { deviceAt, guess, send, signInFrom, track, type Answer, type Device, type Guesser } from './support/guesser.ts';
import { openOwnDatabase } from './support/own-database.ts';
import { photoWithPosition } from './support/photo.ts';
import { api, startSite } from './support/site.ts';

const HEAD = 'kepala.contoh';
const COLLEAGUES = ['petugas.contoh1', 'petugas.contoh2', 'petugas.contoh3'];
/** Sign-ins on a device that is known, and as many on new ones, while others guess. */
const TRIES = process.env.TEST_ALL ? 14 : 5;
const times = (answers: readonly Answer[]) => answers.map(({ ms }) => ms).join(' ');
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

/** A site with its limits on, behind a proxy that tells addresses apart. */
async function guardedOffice() {
	const { settings, close, remove } = await openOwnDatabase('sign-in');
	const passwords = new Map<string, string>();
	for (const username of [HEAD, ...COLLEAGUES]) {
		const { password = '' } = await provideAccount({
			...{ username, name: `Petugas Contoh ${passwords.size}`, roles: ['handler'], password: true },
			...{ unit: '7600', unitName: 'Kantor Contoh', unitSlug: 'contoh' }
		});
		passwords.set(username, password);
	}
	await close();
	const site = await startSite({ ...settings, TRUST_PROXY: '1' });
	const enter = (device: Device, username = HEAD) =>
		signInFrom(site.origin, device, username, passwords.get(username) ?? '');
	const stop = async () => {
		await site.stop();
		await remove();
	};
	return { origin: site.origin, enter, stop };
}

let office: Awaited<ReturnType<typeof guardedOffice>>;
test.beforeAll(async () => {
	office = await guardedOffice();
});
test.afterAll(() => office.stop());

test('wrong secret codes of others behind one address refuse nobody the right one', async () => {
	const { origin } = office;
	const sent = await api(origin, '/cases', {
		body: {
			...{ unit: 'contoh', kind: 'suggestion', body: 'Saran dari uji kode rahasia di satu alamat.' },
			...{ identity: 'none', submission_id: randomUUID() }
		}
	});
	const phone = () => deviceAt('203.0.113.7');
	const wrong = (n: number) => receiptFromBytes(new Uint8Array(10).fill(n));
	const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => track(origin, phone(), wrong(n))));
	const right = await track(origin, phone(), String(sent.body.receipt));
	expect(right.status).toBe(303);
	expect(new Set(statuses(answers))).toEqual(new Set([422]));
});

test('guessing the head’s password from any address locks out neither the head nor colleagues', async () => {
	test.setTimeout(600_000);
	const { origin, enter } = office;
	const OFFICE = '203.0.113.1';
	const known = deviceAt('198.51.100.1');
	const guessers: Guesser[] = [];
	try {
		expect((await enter(known)).status).toBe(303);
		// Many connections from elsewhere and from the office's own address: at the head, and at names that do not exist.
		guessers.push(guess(origin, '192.0.2.1', 100, () => HEAD));
		guessers.push(guess(origin, OFFICE, 24, () => HEAD));
		guessers.push(guess(origin, OFFICE, 24, (n) => `orang.lain${n}`));
		await Promise.all(guessers.map((guesser) => guesser.answered(24)));

		const atOnce: Answer[] = [];
		for (let n = 0; n < TRIES; n++) atOnce.push(await enter(known));
		const form = new FormData();
		const words = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.';
		for (const [name, value] of Object.entries({ body: words, identity: 'none', submission_id: randomUUID() })) {
			form.set(name, value);
		}
		form.set('file', new Blob([await photoWithPosition()], { type: 'image/jpeg' }), 'kursi.jpg');
		const upload = new FormData();
		for (const [name, value] of Object.entries({ username: HEAD, password: 'tebakan' })) upload.set(name, value);
		const [uploads, complaint, ...waited] = await Promise.all([
			Promise.all(Array.from({ length: 8 }, () => send(origin, deviceAt('192.0.2.2'), '/login', upload))),
			send(origin, deviceAt('198.51.100.3'), '/contoh/pengaduan', form),
			...Array.from({ length: TRIES }, (_, n) => enter(deviceAt(`198.51.100.${20 + n}`))),
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
		expect(new Set(statuses(uploads)), 'guesses that would hold a place for files').toEqual(new Set([422]));
	} finally {
		await Promise.all(guessers.map((guesser) => guesser.stop()));
	}
});
