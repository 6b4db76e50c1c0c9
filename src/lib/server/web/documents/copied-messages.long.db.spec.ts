import { describe, expect, test } from 'vitest';
import type { Identity } from '#lib/cases/vocabulary.ts';
import { caseCopySchema } from '#lib/privacy/case-copy.ts';
import { changeReporterContact } from '#lib/server/cases/conversation/contact.ts';
import { caseForActor, caseForReporter, lockCase } from '#lib/server/cases/find.ts';
import { writeTranscript } from '#lib/server/channels/incoming/incoming-files.ts';
import { openFromConversation } from '#lib/server/channels/incoming/open-from-conversation.ts';
import { queueMessage } from '#lib/server/channels/outgoing/queue.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import type { CopyReader } from '#lib/server/privacy/copy/case-copy.ts';
import { requestByReporter } from '#lib/server/privacy/requests/receive.ts';
import { keptFile, makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { rowsOfCase, readCase, trackedCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { caseCopyResponse } from './case-copy-pdf.ts';

const office = useOffice();

const CONTACT = { name: 'Pelapor Contoh Tiga', phone: '081234567893', email: 'pelapor3@contoh.invalid' };

async function read(reference: string, file: string, reader: CopyReader) {
	const found =
		reader === 'reporter' ? await caseForReporter(await trackedCase(reference)) : await caseForActor(reader, reference);
	return new Uint8Array(await (await caseCopyResponse(found, reader, file, 'id')).arrayBuffer());
}
const readJson = async (reference: string, reader: CopyReader = 'reporter') =>
	Buffer.from(await read(reference, 'salinan.json', reader)).toString();
const readPdf = async (reference: string, reader: CopyReader = 'reporter') =>
	(await wordsOfPages(await read(reference, 'salinan.pdf', reader))).join(' ');
/** Times of the file as dates. */
const revived = (key: string, value: unknown) =>
	(key === 'at' || key.endsWith('_at')) && typeof value === 'string' ? new Date(value) : value;
const copied = async (reference: string, reader?: CopyReader) =>
	caseCopySchema.parse(JSON.parse(await readJson(reference, reader), revived)).reports[0];

test('the copy has what the reporter said in requests about the data; at the counter not if the name is withheld', async () => {
	const words = 'Nama saya keliru: Sitti Contoh.';
	const ask = async (identity: Identity) => {
		const { reference } = await makeCase(office.unit, { identity, reporter: CONTACT });
		const { id } = await readCase(reference);
		const email = 'sitti@contoh.invalid';
		for (const request of [{ kind: 'correction' }, { kind: 'contact', email }])
			await requestByReporter(id, { ...request, words, submission_id: crypto.randomUUID() });
		const correction = { kind: 'correction', state: 'open', words, left_out: false };
		expect((await copied(reference))?.requests).toMatchObject([correction, { kind: 'contact', words, email }]);
		const text = await readPdf(reference);
		for (const said of ['Nama saya keliru: Sitti Contoh.', email]) expect(text).toContain(said);
		return reference;
	};
	const named = await ask('named');
	expect(await readJson(named, office.handler)).toContain('Sitti');
	const withheld = await ask('withheld');
	const json = await readJson(withheld, office.handler);
	expect(json.toLowerCase()).not.toContain('sitti');
	expect(JSON.parse(json)).toMatchObject({ reports: [{ requests: [{ words: null, left_out: true }, {}] }] });
	expect((await readPdf(withheld, office.handler)).toLowerCase()).not.toContain('sitti');
});

describe('of a report that came by WhatsApp the copy', () => {
	const PHONE = '+6281240003333';
	const SAID = 'Petugas di loket itu minta uang.';
	/** A report with a voice note that staff wrote down. */
	async function spokenCase(input: object = {}) {
		const chat = await makeConnection(office.unit, { channel: 'whatsapp', address: '+62811', settings: {} });
		const voice = keptFile('audio/ogg');
		const { conversationId } = await receive(chat, PHONE, 'Antrean lama.', {
			files: [voice],
			refusedFiles: [{ name: 'film.mp4', reason: 'file_unsupported' }]
		});
		const { reference, id: caseId } = await openFromConversation(conversationId, input, office.handler);
		await writeTranscript(office.supervisor, voice.id, { transcript: SAID });
		return { chat, voice, reference, caseId };
	}
	test('has the voice notes with their words, the messages as they arrived and those to the reporter', async () => {
		const { voice, reference } = await spokenCase();
		const copy = await copied(reference);
		expect(copy?.arrivals).toMatchObject([
			{
				channel: 'whatsapp',
				text: 'Antrean lama.',
				sender: { address: PHONE },
				refused_files: ['film.mp4 (jenis ini tidak diterima)'],
				voice_notes: [{ id: voice.id, sha256: voice.sha256, transcript: SAID }]
			}
		]);
		expect(copy?.chat_messages).toMatchObject([{ channel: 'whatsapp', sent_at: null }]);
		expect(copy?.chat_messages[0]?.text).toContain(reference);
		const text = await readPdf(reference);
		for (const words of [SAID, 'film.mp4', PHONE]) expect(text).toContain(words);
	});

	test('has neither the sender nor quoted words at the counter if the name is withheld', async () => {
		const { reference } = await spokenCase({ identity: 'withheld' });
		expect(await copied(reference)).toMatchObject({ arrivals: [{ sender: { address: PHONE } }] });
		expect(await copied(reference, office.handler)).toMatchObject({
			arrivals: [
				{
					sender: null,
					quoted: null,
					refused_files: ['Berkas 1 (mp4, jenis ini tidak diterima)'],
					voice_notes: [{ transcript: SAID }]
				}
			]
		});
	});

	/** Changes the phone number of the reporter. */
	const changePhone = (caseId: number) =>
		transaction(async (tx) => {
			const { row } = await lockCase(tx, caseId);
			await changeReporterContact(tx, row, { phone: '+6281240005555' }, { at: now() });
		});

	test('has nothing of another address, or of a former one after the contact changed', async () => {
		const { chat, reference, caseId } = await spokenCase();
		const from = async (phone: string, body: string, fromReporter: boolean) =>
			receive(chat, phone, body, { to: { caseId, fromReporter } });
		await from('+6281240004444', 'Saya tetangganya.', false);
		await from(PHONE, 'Masih lama juga.', true);
		await changePhone(caseId);
		await from(PHONE, 'Ini nomor saya sekarang.', false);
		const former = (await rowsOfCase(conversations, reference)).find((one) => one.ofReporter);
		if (former)
			await transaction((tx) => queueMessage(tx, former, { kind: 'text', text: 'Untuk pemilik baru.' }, 'other'));
		const copy = await copied(reference);
		expect(copy?.arrivals.map(({ text }) => text)).toEqual(['Antrean lama.', 'Masih lama juga.']);
		expect(copy?.chat_messages).toHaveLength(1);
		expect(copy?.chat_messages[0]?.text).toContain(reference);
	});

	test('has all messages of a reporter who shows no number, also after a number was stored', async () => {
		const chat = await makeConnection(office.unit, { channel: 'whatsapp', address: '+62811', settings: {} });
		const { conversationId } = await receive(chat, 'ID.13491208655302741918', 'Antrean lama.');
		const { reference, id: caseId } = await openFromConversation(conversationId, {}, office.handler);
		const say = (body: string) =>
			receive(chat, 'ID.13491208655302741918', body, { to: { caseId, fromReporter: true } });
		await say('Masih lama.');
		const texts = async () => (await copied(reference))?.arrivals.map(({ text }) => text);
		expect(await texts()).toEqual(['Antrean lama.', 'Masih lama.']);
		await changePhone(caseId);
		await say('Sudah lebih cepat.');
		expect(await texts()).toEqual(['Antrean lama.', 'Masih lama.', 'Sudah lebih cepat.']);
	});
});
