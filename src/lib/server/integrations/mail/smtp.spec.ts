import { describe, expect, it, onTestFinished } from 'vitest';
import { startMailCatcher, type CatcherOptions } from '#lib/dev/mail-catcher.ts';
import { sendLetter, type Letter } from './smtp.ts';

const FROM = 'SPATULA Kantor Contoh <spatula@contoh.invalid>';
const LETTER: Letter = {
	id: '5a7d0c1e-0000-4000-8000-000000000001',
	to: 'kepala@contoh.invalid',
	subject: 'Penerusan “Müller” – belum pasti: 3 laporan, Jum’at',
	text: 'Yth. Ibu Kepala,\n\nÄ ö ü ß – satu baris yang sangat panjang '.concat(
		'panjang '.repeat(40),
		'\n.\nSelesai.\n'
	),
	date: new Date('2026-12-04T00:00:00Z')
};

async function catcher(verdict?: CatcherOptions['verdict']) {
	const started = await startMailCatcher({ port: 0, file: null, ...(verdict ? { verdict } : {}) });
	onTestFinished(() => started.close());
	return started;
}

const nothing = async () => undefined;

describe('a letter over SMTP', () => {
	it('arrives as it was written, with a stable Message-ID and the mark of an automatic letter', async () => {
		const server = await catcher();
		expect(await sendLetter({ url: server.url, from: FROM }, LETTER, nothing)).toEqual({ outcome: 'sent' });
		const [letter] = server.letters();
		expect(letter).toMatchObject({
			to: LETTER.to,
			subject: LETTER.subject,
			messageId: '<5a7d0c1e-0000-4000-8000-000000000001@contoh.invalid>'
		});
		expect(letter?.text.trim()).toBe(LETTER.text.trim());
		expect(letter?.from).toBe('"SPATULA Kantor Contoh" <spatula@contoh.invalid>');
		expect(letter?.headers['auto-submitted']).toBe('auto-generated');
		expect(letter?.headers['content-type']).toMatch(/^text\/plain; charset=utf-8/);
	});

	it('is refused for good by a 5xx, with the words of the server', async () => {
		const server = await catcher(() => ({ code: 550, text: 'No such user here' }));
		const outcome = await sendLetter({ url: server.url, from: FROM }, LETTER, nothing);
		expect(outcome).toEqual({ outcome: 'refused', reason: '550 No such user here', address: true });
		expect(server.letters()).toEqual([]);
	});

	it.each([
		[550, '5.1.1 User unknown', true],
		[550, '5.2.1 Mailbox disabled', true],
		[553, 'no such mailbox', true],
		[550, '5.7.1 Relay access denied', false],
		[550, 'relaying denied', false],
		[554, 'Transaction failed', false]
	])('is told from a refusal that is about us: %i %s', async (code, text, address) => {
		const server = await catcher(() => ({ code, text }));
		const outcome = await sendLetter({ url: server.url, from: FROM }, LETTER, nothing);
		expect(outcome).toMatchObject({ outcome: 'refused', address });
	});

	it('refused for its content says nothing about its reader', async () => {
		const server = await catcher((stage) => (stage === 'content' ? { code: 550, text: 'looks like spam' } : undefined));
		const outcome = await sendLetter({ url: server.url, from: FROM }, LETTER, nothing);
		expect(outcome).toMatchObject({ outcome: 'refused', address: false });
	});

	it('carries the way to hear no more, as mail programs read it', async () => {
		const server = await catcher();
		const stop = 'https://spatula.contoh.go.id/surel/abc';
		await sendLetter({ url: server.url, from: FROM }, { ...LETTER, stop }, nothing);
		await sendLetter({ url: server.url, from: FROM }, LETTER, nothing);
		const [stoppable, plain] = server.letters();
		expect(stoppable?.headers).toMatchObject({
			'list-unsubscribe': `<${stop}>`,
			'list-unsubscribe-post': 'List-Unsubscribe=One-Click'
		});
		expect(Object.keys(plain?.headers ?? {}).filter((name) => name.startsWith('list-'))).toEqual([]);
	});

	it('may be tried later after a 4xx, before and after its content', async () => {
		for (const at of ['recipient', 'content'] as const) {
			const server = await catcher((stage) => (stage === at ? { code: 451, text: 'Greylisted' } : undefined));
			const outcome = await sendLetter({ url: server.url, from: FROM }, LETTER, nothing);
			expect(outcome).toEqual({ outcome: 'later', reason: '451 Greylisted' });
		}
	});

	it('may be tried later where nobody listens', async () => {
		const server = await startMailCatcher({ port: 0, file: null });
		await server.close();
		const outcome = await sendLetter({ url: server.url, from: FROM }, LETTER, nothing);
		expect(outcome).toMatchObject({ outcome: 'later', reason: expect.stringContaining('ECONNREFUSED') });
	});

	it('is unknown where the connection breaks after its content, and not before', async () => {
		const asked = { recipient: 'later', content: 'unknown' } as const;
		for (const [at, expected] of Object.entries(asked)) {
			const server = await catcher((stage) => (stage === at ? 'drop' : undefined));
			const outcome = await sendLetter({ url: server.url, from: FROM }, LETTER, nothing);
			expect(outcome.outcome, at).toBe(expected);
		}
	});

	it('does not leave where the caller objects at the last moment', async () => {
		const server = await catcher();
		const outcome = await sendLetter({ url: server.url, from: FROM }, LETTER, async () => {
			throw new Error('somebody else holds it');
		});
		expect(outcome).toEqual({ outcome: 'later', reason: 'somebody else holds it' });
		expect(server.letters()).toEqual([]);
	});
});
