import { setTimeout as wait } from 'node:timers/promises';
import { withUndo, type Undo } from '../scripts/run-until-signal.ts';
import { builtSite } from '../scripts/site/start.ts';
import { connectWhatsApp } from '../src/lib/dev/testing/channels/whatsapp.ts';
import { tellingMessages } from '../src/lib/dev/testing/channels/received.ts';
import { makeOffice } from '../src/lib/dev/testing/office.ts';
import { startWhatsAppSandbox, toSite } from '../src/lib/dev/whatsapp-sandbox/server.ts';
import { NO_FAULTS } from '../src/lib/dev/whatsapp-sandbox/store.ts';
import { db } from '../src/lib/server/db/index.ts';
import { conversations, incomingMessages, outgoingMessages } from '../src/lib/server/db/schema/channels.ts';
import { fillDatabase, makeOwnDatabase } from './support/own-site.ts';
import { TEST_KEY } from './support/site.ts';
import { expect, test } from './support/test.ts';

const MESSAGES = 300;
const PEOPLE = 20;
/** The site is killed after each of these many messages. */
const UNTIL_KILL = 50;

const numberOf = (index: number) => String(6_281_250_000_000 + (index % PEOPLE));

test('processes and answers each of 300 WhatsApp messages exactly once, with kill -9', () => withUndo(answersEachOnce));

async function answersEachOnce(undo: Undo): Promise<void> {
	// A reply that a kill cut off is given up after its lease of three minutes.
	test.setTimeout(900_000);
	const { settings, remove } = await makeOwnDatabase('whatsapp-kills');
	undo.push(remove);
	const { origin, start } = await builtSite({ APP_KEY: TEST_KEY, LOG_LEVEL: 'warn', ...settings });
	const phones = await startWhatsAppSandbox({ port: 0, deliver: toSite(origin) });
	undo.push(phones.close);
	// Every webhook comes twice at once, in random order, and again until the site answers.
	phones.store.attempts = 60;
	phones.store.faults = { ...NO_FAULTS, repeat: 2, randomOrder: true };
	await fillDatabase(settings, async () => connectWhatsApp((await makeOffice()).unit, phones.url));
	const stored = () =>
		fillDatabase(settings, async () => ({
			messages: await db().select().from(incomingMessages),
			people: (await db().select().from(conversations)).length,
			replies: await db().select().from(outgoingMessages)
		}));

	const sent = Array.from({ length: MESSAGES }, (_, index) => `pesan ${String(index).padStart(4, '0')}`);
	let site = await start();
	undo.push(() => site.stop());
	for (const [index, text] of sent.entries()) {
		phones.store.say(
			numberOf(index),
			`Warga Contoh ${index % PEOPLE}`,
			{ type: 'text', text: { body: text } },
			{ text }
		);
		await wait(30);
		if ((index + 1) % UNTIL_KILL !== 0) continue;
		await site.kill();
		site = await start();
	}
	await phones.store.settled();
	const open = async () => {
		const { messages, replies } = await stored();
		const waiting = replies.filter(({ state }) => state === 'waiting' || state === 'sending');
		return messages.filter(({ state }) => state !== 'done').length + waiting.length;
	};
	await expect.poll(open, { timeout: 500_000, intervals: [5_000] }).toBe(0);
	await phones.store.settled();

	const { messages, people, replies } = await stored();
	expect(messages.map(({ body }) => body).sort()).toEqual(sent);
	expect(people).toBe(PEOPLE);
	// A reply whose sending was cut off may have arrived or not: it is shown to a person, who decides.
	expect(replies).toHaveLength(PEOPLE);
	const received = sent.slice(0, PEOPLE).flatMap((_, index) => {
		const replied = phones.store.phone(numberOf(index)).filter(({ fromCitizen }) => !fromCitizen).length;
		expect(replied).toBeLessThanOrEqual(1);
		return replied;
	});
	const missing = received.filter((count) => count === 0).length;
	expect(missing).toBeLessThanOrEqual(replies.filter(({ state }) => state === 'unknown').length);
	expect(tellingMessages(phones.store.received, ['pesan 0', 'Warga Contoh'])).toEqual([]);
}
