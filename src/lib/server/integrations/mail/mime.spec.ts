import { expect, it } from 'vitest';
import { mailSource } from '#lib/dev/testing/channels/mail-source.ts';
import { parseMail } from './mime.ts';

it('ends a message that takes too long, and reads the next one', async () => {
	const source = Buffer.from(mailSource({}, 'Antrean lama.'));
	expect(await parseMail(source, { seconds: 0.001 })).toEqual({ fault: 'slow' });
	const [first, second] = await Promise.all([parseMail(source), parseMail(source)]);
	expect(first).toMatchObject({ mail: { text: 'Antrean lama.', from: [{ address: 'sari@warga.example' }] } });
	expect(second).toEqual(first);
});

it('reads the next message after the thread could not get one', async () => {
	// Throws as for a message for which no memory is left: a function can't be copied to a thread.
	const uncopied = { bytes: () => undefined } as unknown as Uint8Array;
	expect(await parseMail(uncopied)).toEqual({ fault: 'slow' });
	expect(await parseMail(Buffer.from(mailSource({}, 'Yang berikut.')))).toMatchObject({
		mail: { text: 'Yang berikut.' }
	});
});

it('keeps the address of a link and leaves pictures out', async () => {
	const html =
		'<p>Lihat <a href="https://a.example/b">foto</a></p><img src="https://pelacak.example/1.png" alt="logo">';
	const read = await parseMail(Buffer.from(mailSource({ 'Content-Type': 'text/html' }, html)));
	expect(read).toMatchObject({ mail: { text: 'Lihat foto [https://a.example/b]', files: [] } });
});

it('lists the Message-IDs that a reply answers, the nearest first', async () => {
	const thread = { 'In-Reply-To': '<3@a.example>', References: '<1@a.example>\r\n <2@a.example>  <3@a.example>' };
	const read = await parseMail(Buffer.from(mailSource(thread, 'x')));
	expect(read).toMatchObject({ mail: { answers: ['3@a.example', '3@a.example', '2@a.example', '1@a.example'] } });
});
