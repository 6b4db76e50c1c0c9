import { beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { startImapServer } from '#lib/dev/testing/channels/imap-server.ts';
import { mailSource as source, multipart, part } from '#lib/dev/testing/channels/mail-source.ts';
import { connectMailbox, readOnce } from '#lib/dev/testing/channels/mailbox.ts';
import { makeOffice } from '#lib/dev/testing/office.ts';
import { decryptSender } from '#lib/server/cases/conversation/sender.ts';
import { randomReceipt } from '#lib/server/cases/receipt.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';

let writer = 0;
/** Each e-mail is from another person, so that each begins a conversation of its own. */
const mailSource: typeof source = (headers, body) =>
	source({ From: `Sari Contoh <sari${++writer}@warga.example>`, ...headers }, body);
const BARE = { 'Message-ID': null, Date: null };
const DEEP = 200;
const nested = (depth: number): string =>
	depth === 0
		? part('text/plain; charset=utf-8', 'Antrean lama.')
		: (({ type, body }) => part(type, body))(multipart('mixed', [nested(depth - 1)], `b${depth}`));
const alternative = (...parts: string[]) => multipart('alternative', parts);
const mixed = (...parts: string[]) => multipart('mixed', parts);
const attached = (type: string, name: string, content: string) =>
	part(
		`${type}; name="${name}"`,
		Buffer.from(content).toString('base64'),
		`Content-Disposition: attachment; filename="${name}"`,
		'Content-Transfer-Encoding: base64'
	);
const pasted = (name: string, bytes: Buffer) =>
	part(
		`image/png; name="${name}"`,
		bytes.toString('base64'),
		`Content-ID: <${name}>`,
		'Content-Disposition: inline',
		'Content-Transfer-Encoding: base64'
	);
const withType = ({ type, body }: { type: string; body: string }, headers = {}) =>
	mailSource({ 'MIME-Version': '1.0', 'Content-Type': type, ...headers }, body);
const RECEIPT = randomReceipt();
const REVERSED = `=?utf-8?B?${Buffer.from('\u202eSari').toString('base64')}?= <sari0@warga.example>`;
const TEXT = part('text/plain; charset=utf-8', 'Antrean lama.');
/** 40 kB that unpack to 40 MB. */
const BOMB = `PK\x03\x04${'\0'.repeat(40_000)}`;

interface Expected {
	state: 'done' | 'machine' | 'failed';
	reason?: string;
	body?: string | RegExp;
	subject?: string;
	refused?: string[];
	messageId?: null;
}
const read = (more: Partial<Expected> = {}): Expected => ({ state: 'done', body: 'Antrean lama.', ...more });
const machine = (reason: string): Expected => ({ state: 'machine', reason });
const failed = (reason: string): Expected => ({ state: 'failed', reason });

const CORPUS: [name: string, source: () => string | Buffer, expected: Expected][] = [
	['a plain e-mail', () => mailSource({}, 'Antrean lama.'), read({ subject: 'Antrean di loket' })],
	['60 MB', () => mailSource({ Subject: 'besar' }, 'x'.repeat(60 * 1024 * 1024)), failed('too_large')],
	['MIME nested 200 deep', () => `${mailSource({}, '').trimEnd()}\r\n${nested(DEEP)}`, read()],
	['3,000 parts', () => withType(mixed(...Array<string>(3000).fill(part('text/plain', 'x')))), failed('too_complex')],
	['an unknown charset', () => mailSource({ 'Content-Type': 'text/plain; charset=klingon' }, 'Antrean lama.'), read()],
	[
		'bytes that are no UTF-8',
		() =>
			Buffer.concat([
				Buffer.from(mailSource({ 'Content-Type': 'text/plain; charset=utf-8' }, 'Antrean ')),
				Buffer.from([0xff, 0xc3, 0x28, 0])
			]),
		read({ body: /^Antrean/ })
	],
	[
		'a subject from right to left, with emoji and marks of direction as in the name',
		() => mailSource({ From: REVERSED, Subject: '=?utf-8?B?2LTZg9mI2Ykg4oCuIPCfmKE=?=' }, 'Antrean lama.'),
		read({ subject: 'شكوى 😡' })
	],
	['a broken encoded subject', () => mailSource({ Subject: '=?utf-8?B?%%%?= =?x?q?' }, 'Antrean lama.'), read()],
	['no Date', () => mailSource({ Date: null }, 'Antrean lama.'), read()],
	['an impossible Date', () => mailSource({ Date: 'besok' }, 'Antrean lama.'), read()],
	['no Message-ID', () => mailSource({ 'Message-ID': null }, 'Antrean lama.'), read({ messageId: null })],
	['no Message-ID and no Date', () => mailSource(BARE, 'Mohon dihubungi.'), read({ body: 'Mohon dihubungi.' })],
	['the same words of another person', () => mailSource(BARE, 'Mohon dihubungi.'), read({ body: 'Mohon dihubungi.' })],
	[
		'two From headers',
		() => mailSource({ From: ['a@warga.example', 'b@warga.example'] }, 'x'),
		failed('several_senders')
	],
	[
		'two addresses in From',
		() => mailSource({ From: 'a@warga.example, b@warga.example' }, 'x'),
		failed('several_senders')
	],
	['no From', () => mailSource({ From: null }, 'x'), failed('no_sender')],
	['nothing at all', () => '', failed('no_sender')],
	[
		'a forged In-Reply-To',
		() => mailSource({ 'In-Reply-To': '<5a7d0c1e-0000-4000-8000-000000000001@contoh.invalid>' }, 'Antrean lama.'),
		read()
	],
	[
		'HTML with a picture that tells when it is read',
		() =>
			mailSource(
				{ 'Content-Type': 'text/html; charset=utf-8' },
				'<p>Antrean <b>lama</b>.<img src="https://pelacak.example/1.png"><script>alert(1)</script></p>'
			),
		read()
	],
	[
		'200,000 nested tags',
		() => mailSource({ 'Content-Type': 'text/html' }, '<b>'.repeat(200_000)),
		failed('too_complex')
	],
	[
		'an invitation',
		() => withType(alternative(TEXT, part('text/calendar; method=REQUEST', 'BEGIN:VCALENDAR'))),
		machine('invitation')
	],
	[
		'S/MIME, encrypted',
		() => mailSource({ 'Content-Type': 'application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m' }, 'MIAGCS'),
		failed('encrypted')
	],
	[
		'S/MIME, signed in the open',
		() => withType(multipart('signed', [TEXT, attached('application/pkcs7-signature', 'smime.p7s', 'x')])),
		read({ refused: [] })
	],
	[
		'PGP/MIME',
		() =>
			withType(
				multipart('encrypted', [part('application/pgp-encrypted', 'Version: 1'), part('application/octet-stream', 'x')])
			),
		failed('encrypted')
	],
	[
		'PGP in the text',
		() => mailSource({}, '-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----'),
		failed('encrypted')
	],
	[
		'winmail.dat',
		() => withType(mixed(TEXT, attached('application/ms-tnef', 'winmail.dat', 'x'))),
		read({ refused: ['winmail.dat'] })
	],
	[
		'a zip bomb',
		() => withType(mixed(TEXT, attached('application/zip', 'bukti.zip', BOMB))),
		read({ refused: ['bukti.zip'] })
	],
	[
		'a program under the name of a photo',
		() => withType(mixed(TEXT, attached('image/jpeg', 'foto.jpg', 'MZ\x90'))),
		read({ refused: ['foto.jpg'] })
	],
	[
		'pictures in the text: a logo, and one that is no decoration',
		() => {
			const related = multipart(
				'related',
				[TEXT, pasted('logo.png', Buffer.alloc(2000)), pasted('layar.png', Buffer.alloc(40_000))],
				'dalam'
			);
			return withType(mixed(part(related.type, related.body), attached('application/zip', 'bukti.zip', BOMB)));
		},
		read({ refused: ['bukti.zip', 'layar.png'] })
	],
	[
		'an automatic answer',
		() => mailSource({ 'Auto-Submitted': 'auto-replied' }, 'Saya cuti.'),
		machine('auto_submitted')
	],
	['a person behind Auto-Submitted: no', () => mailSource({ 'Auto-Submitted': 'no' }, 'Antrean lama.'), read()],
	[
		'Outlook, out of office',
		() => mailSource({ 'X-Auto-Response-Suppress': 'All' }, 'Saya cuti.'),
		machine('auto_submitted')
	],
	['a newsletter', () => mailSource({ 'List-Id': '<berita.example>' }, 'Berita'), machine('list')],
	['bulk mail', () => mailSource({ Precedence: 'bulk' }, 'Promo'), machine('bulk')],
	['an empty return path', () => mailSource({ 'Return-Path': '<>' }, 'x'), machine('null_sender')],
	['a daemon', () => mailSource({ From: 'Mail <MAILER-DAEMON@warga.example>' }, 'x'), machine('daemon')],
	['a sender that nobody reads', () => mailSource({ From: 'no-reply@toko.example' }, 'x'), machine('daemon')],
	['its own address', () => mailSource({ From: 'Pengaduan@Kantor.example' }, 'x'), machine('own_address')],
	[
		'a read receipt',
		() =>
			withType(multipart('report', [TEXT], 'r'), {
				'Content-Type': 'multipart/report; report-type=disposition-notification; boundary=r'
			}),
		machine('report')
	],
	[
		'history that belongs to no thread',
		() => mailSource({}, 'Antrean lama.\n-- \nSari\n\nPada Sen, Kantor menulis:\n> Halo'),
		read({ body: /> Halo$/ })
	],
	[
		'a receipt, also over two lines',
		() =>
			mailSource({ Subject: `Re: ${RECEIPT}` }, `Kode ${RECEIPT.toLowerCase()} atau\n${RECEIPT.replace('-', '-\n')}.`),
		read({ subject: 'Re: •••', body: 'Kode ••• atau\n•••.' })
	],
	[
		'a text that is too long to be kept',
		() => mailSource({}, 'Antrean lama. '.repeat(4000)),
		read({ body: /Antrean .{0,12}…\s+\(Teks dipotong\. Selengkapnya ada di kotak surat kantor\.\)$/ })
	],
	['a signature', () => mailSource({}, 'Antrean lama.\n-- \nSari'), read()],
	...Array.from({ length: 20 }, (_, index): (typeof CORPUS)[number] => [
		`a flood of invitations (${index + 1})`,
		() => mailSource({ 'Content-Type': 'text/calendar; method=REQUEST' }, `BEGIN:VCALENDAR ${index}`),
		machine('invitation')
	])
];

let results: Map<string, typeof incomingMessages.$inferSelect>;

beforeAll(async () => {
	const { unit } = await makeOffice();
	const server = await startImapServer();
	const connection = await connectMailbox(unit, server, { address: 'pengaduan@kantor.example' });
	for (const [, source] of CORPUS) server.deliver(source());
	const before = server.snapshot();
	await readOnce(connection);
	expect(server.snapshot()).toEqual(before);
	await server.close();
	const rows = await db().select().from(incomingMessages).orderBy(incomingMessages.id);
	expect(rows).toHaveLength(CORPUS.length);
	results = new Map(CORPUS.map(([name], index) => [name, rows[index] as (typeof rows)[number]]));
}, 180_000);

test.each(CORPUS)('%s', async (name, _, { state, reason, body, subject, refused, messageId }) => {
	const row = results.get(name);
	expect(row).toMatchObject({ state, reason: reason ?? null });
	if (body instanceof RegExp) expect(row?.body).toMatch(body);
	else if (body !== undefined) expect(row?.body).toBe(body);
	if (refused) expect(row?.refusedFiles.map((file) => file.name)).toEqual(refused);
	if (messageId === null) expect(row?.externalId).toBeNull();
	if (state !== 'done') return expect(row?.conversationId).toBeNull();
	const [conversation] = await db()
		.select()
		.from(conversations)
		.where(eq(conversations.id, row?.conversationId ?? 0));
	if (subject) expect(conversation?.subject).toBe(subject);
	const sender = conversation && (await decryptSender(conversation));
	expect(sender?.address).toMatch(/^sari\d+@warga\.example$/);
	expect(sender?.name).toBe(sender?.address.startsWith('sari0@') ? 'Sari' : 'Sari Contoh');
});

test('no message opened a case, and a folded signature is kept', async () => {
	expect(await db().$count(cases)).toBe(0);
	expect(results.get('a signature')?.quoted).toContain('Sari');
});
