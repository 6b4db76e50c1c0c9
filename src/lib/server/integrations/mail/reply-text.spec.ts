import { expect, it } from 'vitest';
import { splitReply } from './reply-text.ts';

const cases: [name: string, text: string, body: string, quoted: string | null][] = [
	['plain', 'Antrean lama.\n\nMohon dicek.\n', 'Antrean lama.\n\nMohon dicek.', null],
	[
		'a trailing quote with its attribution',
		'Hari Senin.\r\n\r\nPada Sen, 1 Mar 2027 10.00, Kantor <a@b.example>\r\nmenulis:\r\n> Kapan?\r\n>\r\n> Salam\r\n',
		'Hari Senin.',
		'Pada Sen, 1 Mar 2027 10.00, Kantor <a@b.example>\nmenulis:\n> Kapan?\n>\n> Salam'
	],
	['English', 'Monday.\n\nOn Mon, Office wrote:\n> When?', 'Monday.', 'On Mon, Office wrote:\n> When?'],
	['a quote above the answer', '> Kapan?\n\nHari Senin.', 'Hari Senin.', '> Kapan?'],
	[
		'answers between the lines',
		'> Kapan?\nSenin.\n> Di mana?\nLoket 2.',
		'> Kapan?\nSenin.\n> Di mana?\nLoket 2.',
		null
	],
	['a signature', 'Halo.\n-- \nSari\n0812', 'Halo.', '-- \nSari\n0812'],
	[
		'Outlook',
		'Halo.\n\n-----Pesan Asli-----\nDari: a@b.example\nKapan?',
		'Halo.',
		'-----Pesan Asli-----\nDari: a@b.example\nKapan?'
	],
	['a phone', 'Halo.\n\nDari: Kantor <a@b.example>\nKapan?', 'Halo.', 'Dari: Kantor <a@b.example>\nKapan?'],
	['only a quote', '> Kapan?', '> Kapan?', null],
	['only a signature', '-- \nSari', '-- \nSari', null],
	['empty', ' \n', '', null],
	['the word "dari" in a sentence', 'Dari kemarin antre.', 'Dari kemarin antre.', null]
];

it.each(cases)('splits %s', (_, text, body, quoted) => {
	expect(splitReply(text, true)).toEqual({ body, quoted });
});

it('loses no line of what was written', () => {
	for (const [, text] of cases) {
		const { body, quoted } = splitReply(text, true);
		const kept = `${body}\n${quoted ?? ''}`;
		for (const line of text.split(/\r?\n/)) expect(kept).toContain(line.trim());
	}
});

const FORWARD = 'Tolong dicek.\n\n---------- Forwarded message ---------\nDari: Toko <a@b.example>\nBayar 50 ribu.';

it.each([
	['a forwarded message', FORWARD, FORWARD, null],
	['one below a signature', `Halo.\n-- \nSari\n${FORWARD}`, `Halo.\n-- \nSari\n${FORWARD}`, null],
	['a quote', 'Lihat ini:\n> Bayar 50 ribu.', 'Lihat ini:\n> Bayar 50 ribu.', null],
	['a signature', 'Halo.\n-- \nSari', 'Halo.', '-- \nSari']
])('in a message that belongs to no thread, shows %s', (_, text, body, quoted) => {
	expect(splitReply(text, false)).toEqual({ body, quoted });
});
