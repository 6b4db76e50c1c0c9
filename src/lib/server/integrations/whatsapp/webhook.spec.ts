import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../foreign-text.ts';
import { isSigned, readWebhook } from './webhook.ts';

const envelope = (value: unknown) => ({
	object: 'whatsapp_business_account',
	entry: [{ id: '1', changes: [{ field: 'messages', value }] }]
});
const metadata = { display_phone_number: '62811', phone_number_id: '77' };
const head = { id: 'wamid.1', from: '6281240001234', timestamp: '1795900000' };
const read = (message: Record<string, unknown>, contacts: unknown = []) =>
	readWebhook(envelope({ metadata, contacts, messages: [{ ...head, ...message }] }))[0]?.messages[0];

describe('reads each kind of message', () => {
	test.each([
		['text', { type: 'text', text: { body: ' Selamat pagi ' } }, 'Selamat pagi', null],
		['image', { type: 'image', image: { id: 'm1', mime_type: 'image/jpeg', caption: 'Loket' } }, 'Loket', 'm1'],
		[
			'document',
			{ type: 'document', document: { id: 'm2', mime_type: 'application/pdf', filename: 'a.pdf' } },
			'',
			'm2'
		],
		['audio', { type: 'audio', audio: { id: 'm3', mime_type: 'audio/ogg; codecs=opus', voice: true } }, '', 'm3'],
		['video', { type: 'video', video: { id: 'm4', mime_type: 'video/mp4' } }, '', 'm4'],
		['sticker', { type: 'sticker', sticker: { id: 'm5', mime_type: 'image/webp' } }, '', 'm5'],
		[
			'location',
			{ type: 'location', location: { latitude: -2.67, longitude: '118.88', name: 'Kantor' } },
			'Kantor\n-2.67, 118.88',
			null
		],
		[
			'contacts',
			{ type: 'contacts', contacts: [{ name: { formatted_name: 'Ani' }, phones: [{ phone: '0812' }] }] },
			'Ani 0812',
			null
		],
		[
			'interactive',
			{
				type: 'interactive',
				interactive: { type: 'list_reply', list_reply: { id: 'menu:complaint', title: 'Pengaduan' } }
			},
			'Pengaduan',
			null
		],
		['interactive', { type: 'button', button: { payload: 'send', text: 'Kirim' } }, 'Kirim', null],
		['reaction', { type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } }, '👍', null],
		['unsupported', { type: 'poll_of_the_future', poll: {} }, '', null]
	])('%s', (kind, message, text, media) => {
		expect(read(message)).toMatchObject({ kind, text, id: 'wamid.1', at: new Date(1_795_900_000_000) });
		expect(read(message)?.media?.id ?? null).toBe(media);
	});

	test.each([true, false, undefined, 'yes'])('with whether the app recorded the sound: %s', (voice) => {
		const audio = { id: 'm3', mime_type: 'audio/ogg; codecs=opus', voice };
		expect(read({ type: 'audio', audio })?.media?.voice).toBe(typeof voice === 'boolean' ? voice : undefined);
	});

	test('with the person, what was chosen and the message replied to', () => {
		const chosen = { type: 'interactive', interactive: { button_reply: { id: 'send', title: 'Kirim' } } };
		const person = [{ wa_id: '6281240001234', user_id: 'ID.9', profile: { name: 'Rahma' } }];
		expect(read({ ...chosen, context: { id: 'wamid.0' } }, person)).toMatchObject({
			from: { number: '6281240001234', userId: 'ID.9', name: 'Rahma' },
			chosen: 'send',
			repliesTo: 'wamid.0'
		});
		expect(read({ ...chosen, from: undefined, from_user_id: 'ID.9' }, person)?.from).toEqual({
			number: null,
			userId: 'ID.9',
			name: 'Rahma'
		});
	});
});

test('reads several entries, changes, messages and statuses, and leaves out what is broken', () => {
	const message = (id: string) => ({ ...head, id, type: 'text', text: { body: id } });
	const body = {
		entry: [
			{
				changes: [
					{
						value: {
							metadata,
							statuses: [
								{ id: 'wamid.7', status: 'read' },
								{ id: 'wamid.8', status: 'warmed' }
							]
						}
					},
					null
				]
			},
			'nothing',
			{
				changes: [
					{
						value: {
							metadata: { phone_number_id: '88' },
							messages: [message('b'), { ...message('c'), id: 7 }, message('a')]
						}
					},
					{ value: { metadata: {}, messages: [message('lost')] } },
					{
						value: {
							metadata,
							statuses: [{ id: 'wamid.9', status: 'failed', errors: [{ code: 131047, title: 'Re-engagement' }] }]
						}
					}
				]
			}
		]
	};
	const events = readWebhook(body);
	expect(events.map(({ phoneNumberId, messages }) => [phoneNumberId, messages.map(({ id }) => id)])).toEqual([
		['77', []],
		['88', ['b', 'a']],
		['77', []]
	]);
	expect(events.flatMap(({ unreadable }) => unreadable)).toEqual([{ ...message('c'), id: 7 }]);
	expect(events.flatMap(({ statuses }) => statuses)).toEqual([
		{ externalId: 'wamid.7', ownId: null, state: 'read', code: null },
		{ externalId: 'wamid.9', ownId: null, state: 'failed', code: 131047 }
	]);
});

test.each(['soon', '1795900000000', null])('reads a message with the invalid time %s as one of 1970', (timestamp) => {
	expect(read({ timestamp, type: 'text', text: { body: 'Halo' } })).toMatchObject({ text: 'Halo', at: new Date(0) });
});

test.each<[string, unknown]>([
	['nothing', undefined],
	['a text', parseJson('"hello"')],
	['a list', []],
	['an entry that is no list', { entry: { changes: [] } }],
	['deep nesting', parseJson(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)],
	[
		'a changed prototype',
		parseJson('{"__proto__":{"entry":[]},"entry":[{"changes":[{"value":{"__proto__":{"messages":[1]}}}]}]}')
	],
	['no sender', envelope({ metadata, messages: [{ ...head, from: undefined, type: 'text', text: { body: 'x' } }] })],
	['a sender that is no number', envelope({ metadata, messages: [{ ...head, from: "1' or 1=1", type: 'text' }] })],
	['numbers as texts', envelope({ metadata, messages: [{ ...head, id: 7, timestamp: {}, type: 3 }] })],
	['lists of nulls', envelope({ metadata, contacts: [null], messages: [null], statuses: [null] })],
	['100,000 empty entries', { entry: Array.from({ length: 100_000 }, () => ({})) }]
])('reads no message from %s', (_, body) => {
	expect(readWebhook(body).flatMap(({ messages, statuses }) => [...messages, ...statuses])).toEqual([]);
});

test('keeps a list of more messages than Meta sends as one unreadable entry', () => {
	const messages = Array.from({ length: 1001 }, (_, n) => ({ ...head, id: `wamid.${n}`, type: 'text' }));
	const [events] = readWebhook({ entry: [{ changes: [{ value: { metadata, messages } }] }] });
	expect(events).toMatchObject({ messages: [], unreadable: [messages] });
});

test('cuts long texts and removes what a database cannot store', () => {
	const json = JSON.stringify(
		envelope({ metadata, messages: [{ ...head, type: 'text', text: { body: `\0\ud800${'x'.repeat(50_000)}` } }] })
	);
	const text = readWebhook(parseJson(json))[0]?.messages[0]?.text ?? '';
	expect(text.length).toBeLessThanOrEqual(10_000);
	expect(text).not.toContain('\0');
	expect(text.isWellFormed()).toBe(true);
});

describe('the signature', () => {
	const body = Buffer.from('{"entry":[]}');
	const right = `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`;
	test.each([
		['right', right, 'secret', true],
		['in capitals', right.replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase()), 'secret', true],
		['of another secret', right, 'other', false],
		['missing', null, 'secret', false],
		['cut', right.slice(0, -2), 'secret', false],
		['of another algorithm', right.replace('sha256', 'sha1'), 'secret', false],
		['under an empty secret', `sha256=${createHmac('sha256', '').update(body).digest('hex')}`, '', false]
	])('%s: %#', (_, header, secret, expected) => {
		expect(isSigned(body, header, secret)).toBe(expected);
	});
});
