import { describe, expect, it, onTestFinished } from 'vitest';
import { startMailCatcher, type CatcherOptions } from '#lib/dev/mail-catcher.ts';
import { sendEmail, type Email } from './smtp.ts';

const FROM = 'SPATULA Kantor Contoh <spatula@contoh.invalid>';
const EMAIL: Email = {
	id: '5a7d0c1e-0000-4000-8000-000000000001',
	to: 'kepala@contoh.invalid',
	subject: 'Penerusan “Müller” – belum pasti: 3 laporan, Jum’at',
	text: 'Yth. Ibu Kepala,\n\nÄ ö ü ß – satu baris yang sangat panjang '.concat(
		'panjang '.repeat(40),
		'\n.\nSelesai.\n'
	),
	date: new Date('2026-12-04T00:00:00Z')
};

async function catcher(verdict?: CatcherOptions['verdict'], more: Partial<CatcherOptions> = {}) {
	const started = await startMailCatcher({ port: 0, file: null, ...(verdict ? { verdict } : {}), ...more });
	onTestFinished(() => started.close());
	return started;
}

const doNothing = async () => undefined;

describe('an e-mail over SMTP', () => {
	it('arrives unchanged, with a stable Message-ID and the header of an automatic e-mail', async () => {
		const server = await catcher();
		expect(await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing)).toEqual({ kind: 'sent' });
		const [received] = server.emails();
		expect(received).toMatchObject({
			to: EMAIL.to,
			subject: EMAIL.subject,
			messageId: '<5a7d0c1e-0000-4000-8000-000000000001@contoh.invalid>'
		});
		expect(received?.text.trim()).toBe(EMAIL.text.trim());
		expect(received?.from).toBe('"SPATULA Kantor Contoh" <spatula@contoh.invalid>');
		expect(received?.headers['auto-submitted']).toBe('auto-generated');
		expect(received?.headers['content-type']).toMatch(/^text\/plain; charset=utf-8/);
	});

	it('joins the thread of the e-mail that it answers', async () => {
		const server = await catcher();
		const thread = {
			replyTo: 'pengaduan+1a@contoh.invalid',
			inReplyTo: '<2@warga.invalid>',
			references: ['<1@warga.invalid>', '<2@warga.invalid>'],
			automatic: 'no' as const
		};
		await sendEmail({ url: server.url, from: FROM }, { ...EMAIL, ...thread }, doNothing);
		expect(server.emails()[0]?.headers).toMatchObject({
			'reply-to': thread.replyTo,
			'in-reply-to': thread.inReplyTo,
			'auto-submitted': 'no',
			references: thread.references.join(' ')
		});
	});

	it('is refused by a 5xx, with the reason of the server', async () => {
		const server = await catcher(() => ({ code: 550, text: 'No such user here' }));
		const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
		expect(outcome).toEqual({ kind: 'refused', reason: '550 No such user here', address: true });
		expect(server.emails()).toEqual([]);
	});

	it.each([
		[550, '5.1.1 User unknown in relay recipient table', true],
		[550, '5.1.1 User unknown; the sender should check the address', true],
		[550, '5.2.1 Mailbox disabled', true],
		[553, 'no such mailbox', true],
		[550, '<spam.relay@contoh.invalid> is unknown to 192.5.7.1', true],
		[550, '5.4.1 Recipient address rejected: Access denied', true],
		[550, '5.4.1 Access denied', false],
		[554, 'Transaction failed', false]
	])('is refused because of its address or for another reason: %i %s', async (code, text, address) => {
		const server = await catcher(() => ({ code, text }));
		const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
		expect(outcome).toMatchObject({ kind: 'refused', address });
	});

	it.each([
		[550, '5.7.1 Relay access denied'],
		[550, 'relaying denied'],
		[530, '5.7.0 Authentication required'],
		[550, 'Please turn on SMTP Authentication'],
		[550, '5.1.8 <spatula@contoh.invalid>: Domain not found'],
		[550, '5.1.0 <spatula@contoh.invalid>: Sender address rejected: User unknown'],
		[550, 'Verification failed for <spatula@contoh.invalid>, Sender verify failed'],
		[550, '192.0.2.1 is in a black list']
	])('is retried if the server refuses the recipient because of the sender: %i %s', async (code, text) => {
		const server = await catcher(() => ({ code, text }));
		const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
		expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringContaining(text) });
	});

	it('is retried if the server refuses the sender', async () => {
		const server = await catcher(undefined, { sender: { code: 553, text: 'Sender address rejected' } });
		const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
		expect(outcome).toEqual({ kind: 'later', reason: '553 Sender address rejected' });
	});

	it('is not refused because of its address if the server refuses the content', async () => {
		const server = await catcher((stage) => (stage === 'content' ? { code: 550, text: 'looks like spam' } : undefined));
		const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
		expect(outcome).toMatchObject({ kind: 'refused', address: false });
	});

	it('has the headers for unsubscribing if it has an unsubscribe link', async () => {
		const server = await catcher();
		const stop = 'https://spatula.contoh.go.id/surel/abc';
		await sendEmail({ url: server.url, from: FROM }, { ...EMAIL, stop }, doNothing);
		await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
		const [stoppable, plain] = server.emails();
		expect(stoppable?.headers).toMatchObject({
			'list-unsubscribe': `<${stop}>`,
			'list-unsubscribe-post': 'List-Unsubscribe=One-Click'
		});
		expect(Object.keys(plain?.headers ?? {}).filter((name) => name.startsWith('list-'))).toEqual([]);
	});

	it('is retried after a 4xx, before and after its content', async () => {
		for (const at of ['recipient', 'content'] as const) {
			const server = await catcher((stage) => (stage === at ? { code: 451, text: 'Greylisted' } : undefined));
			const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
			expect(outcome).toEqual({ kind: 'later', reason: '451 Greylisted' });
		}
	});

	it('is retried if no server listens', async () => {
		const server = await startMailCatcher({ port: 0, file: null });
		await server.close();
		const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
		expect(outcome).toMatchObject({ kind: 'later', reason: expect.stringContaining('ECONNREFUSED') });
	});

	it('is unknown if the connection breaks after its content, and is retried if it breaks before', async () => {
		const expectedOutcomes = { recipient: 'later', content: 'unknown' } as const;
		for (const [at, expected] of Object.entries(expectedOutcomes)) {
			const server = await catcher((stage) => (stage === at ? 'drop' : undefined));
			const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, doNothing);
			expect(outcome.kind, at).toBe(expected);
		}
	});

	it('is not sent if beforeContent throws', async () => {
		const server = await catcher();
		const outcome = await sendEmail({ url: server.url, from: FROM }, EMAIL, async () => {
			throw new Error('somebody else holds it');
		});
		expect(outcome).toEqual({ kind: 'later', reason: 'somebody else holds it' });
		expect(server.emails()).toEqual([]);
	});
});
