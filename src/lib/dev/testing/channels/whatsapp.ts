import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { phone as phoneNumber } from '#lib/cases/schema.ts';
import { startWhatsAppSandbox } from '#lib/dev/whatsapp-sandbox/server.ts';
import { NO_FAULTS, WHATSAPP_SANDBOX, type PhoneMessage } from '#lib/dev/whatsapp-sandbox/store.ts';
import { useReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { deliverMessage, noteDeliveryStatus } from '#lib/server/channels/outgoing/delivery.ts';
import { processMessage } from '#lib/server/channels/process-message.ts';
import { receiveWebhook } from '#lib/server/channels/whatsapp/receive.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { encryptText } from '#lib/server/keys.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { entriesOf } from '../office.ts';
import { tellingMessages } from './received.ts';

/** Connects an office to the sandbox, as its administrator would. */
export async function connectWhatsApp(unit: { id: string }, baseUrl: string, settings: Record<string, unknown> = {}) {
	const { phoneNumberId, version, number, ...secrets } = WHATSAPP_SANDBOX;
	await db().update(connections).set({ removedAt: now() }).where(eq(connections.channel, 'whatsapp'));
	const [row] = await db()
		.insert(connections)
		.values({
			unitId: unit.id,
			channel: 'whatsapp',
			address: phoneNumber.parse(number),
			settings: { phoneNumberId, version, baseUrl, templateName: '', templateLanguage: 'id', ...settings },
			secretsSealed: await encryptText(JSON.stringify(secrets)),
			createdAt: now()
		})
		.returning();
	if (!row) throw new Error('no connection');
	return row;
}

type Sandbox = Awaited<ReturnType<typeof startWhatsAppSandbox>>;

/**
 * Starts the sandbox for a spec and connects the office of each test. The sandbox's webhooks go to the site's code without
 * a server between. No message to a phone may contain a receipt, and no template a text.
 */
export function useWhatsApp(office: { unit: { id: string } }, settings: Record<string, unknown> = {}) {
	const phone = {} as Sandbox & { connection: typeof connections.$inferSelect };
	beforeAll(async () => {
		const deliver = async (body: string, signature: string) =>
			(await receiveWebhook(() => Promise.resolve(Buffer.from(body)), signature)) ? 200 : 401;
		Object.assign(phone, await startWhatsAppSandbox({ port: 0, deliver }));
	});
	beforeEach(async () => {
		phone.store.faults = { ...NO_FAULTS };
		phone.connection = await connectWhatsApp(office.unit, phone.url, settings);
	});
	afterAll(async () => {
		await phone.close();
		expect(tellingMessages(phone.store.received)).toEqual([]);
	});
	return phone;
}

/** Runs the due jobs that store what became of messages. @returns their number */
export async function runStatusJobs(): Promise<number> {
	const due = await rowsOf<{ data: JobPayloads['message-status'] }>(
		db(),
		sql`delete from pgboss.job where name = 'message-status' and start_after <= now() returning data`
	);
	for (const { data } of due) await noteDeliveryStatus(data);
	return due.length;
}

/** Runs the jobs of WhatsApp until there is nothing left to do. The message of an office that never opened stays. */
export async function runJobs(): Promise<void> {
	const tried = new Set<number>();
	for (;;) {
		const incoming = await db()
			.select({ id: incomingMessages.id })
			.from(incomingMessages)
			.where(eq(incomingMessages.state, 'stored'))
			.orderBy(asc(incomingMessages.sentAt), asc(incomingMessages.id));
		const untried = incoming.filter(({ id }) => !tried.has(id));
		for (const { id } of untried) await processMessage(id);
		for (const { id } of untried) tried.add(id);
		const outgoing = await db()
			.select()
			.from(outgoingMessages)
			.where(eq(outgoingMessages.state, 'waiting'))
			.orderBy(asc(outgoingMessages.createdAt));
		const due = outgoing.filter(({ attempts }) => attempts === 0);
		for (const { id } of due) await deliverMessage(id, 1);
		const statuses = await runStatusJobs();
		if (untried.length + due.length + statuses === 0) return;
	}
}

let numbers = 0;
/** A citizen whose number no other test has, because the sandbox keeps its phones. */
export const newCitizen = (phone: Sandbox, name?: string) =>
	citizen(phone, String(6_281_240_100_000 + ++numbers), name);

/** Makes a report by WhatsApp. @returns its case */
export async function reportBy(person: ReturnType<typeof citizen>, body: string) {
	await person.say('Selamat pagi');
	await person.press('Pengaduan');
	await person.say(body);
	await person.press('Kirim');
	const [found] = await db().select().from(cases).orderBy(desc(cases.id)).limit(1);
	if (!found) throw new Error('no case');
	return found;
}

/** Words that are long enough for a report. */
export const BODY = 'Antrean di loket statistik tidak berjalan sejak pukul sembilan.';

/** A person with a report. */
export async function reported(person: ReturnType<typeof citizen>) {
	const found = await reportBy(person, BODY);
	return { person, found, reference: found.reference };
}

/** Opens the one-time link to the receipt of a report by WhatsApp. @returns the receipt */
export async function receiptOf(person: ReturnType<typeof citizen>, button = 'Minta kode rahasia'): Promise<string> {
	const [, token = ''] = /\/terima\/(\S+)/.exec((await person.press(button))?.text ?? '') ?? [];
	return useReceiptLink(token);
}

/** Sends what the timeline of a report has for its reporter. */
export async function toldOf(reference: string, person: ReturnType<typeof citizen>): Promise<void> {
	await writeToReporters(await entriesOf(reference));
	await person.settled();
}

/** The latest conversation of an office that waits for a decision. */
export async function waitingId({ id }: { id: string }): Promise<number> {
	const isWaiting = and(eq(conversations.unitId, id), eq(conversations.state, 'waiting'));
	const [waiting] = await db().select().from(conversations).where(isWaiting).orderBy(desc(conversations.id));
	return waiting?.id ?? 0;
}

/** A citizen's phone at the sandbox. Each step waits until the site has answered. */
export function citizen(phone: Sandbox, number = '6281240001234', name = 'Rahma') {
	const settled = async () => {
		await phone.store.settled();
		await runJobs();
		await phone.store.settled();
	};
	const last = (): PhoneMessage | undefined =>
		phone.store
			.phone(number)
			.filter(({ fromCitizen }) => !fromCitizen)
			.at(-1);
	return {
		last,
		settled,
		received: () => phone.store.phone(number).filter(({ fromCitizen }) => !fromCitizen),
		/** @param more further fields of the message */
		async say(text: string, more: Record<string, unknown> = {}) {
			phone.store.say(number, name, { type: 'text', text: { body: text }, ...more }, { text });
			await settled();
			return last();
		},
		/** @param more further fields of the file */
		async send(kind: string, bytes: Buffer, mediaType: string, caption = '', more: Record<string, unknown> = {}) {
			const id = phone.store.addMedia(bytes, mediaType, null);
			const media = { id, mime_type: mediaType, caption, ...more };
			phone.store.say(number, name, { type: kind, [kind]: media }, { text: caption, media: id });
			await settled();
			return last();
		},
		/** Reacts to a message, else to the last one. */
		async react(emoji: string, to = last()?.id) {
			phone.store.say(number, name, { type: 'reaction', reaction: { message_id: to, emoji } }, { text: emoji });
			await settled();
			return last();
		},
		/** Presses a row or button with these words in the newest message that has it. */
		async press(title: string) {
			const offered = phone.store
				.phone(number)
				.flatMap(({ id, choices }) => choices.map((choice) => ({ message: id, choice })));
			const { message, choice } = offered.findLast((one) => one.choice.title === title) ?? {};
			if (!choice) throw new Error(`no choice "${title}"`);
			const interactive = { type: 'button_reply', button_reply: { id: choice.id, title } };
			phone.store.say(number, name, { type: 'interactive', interactive, context: { id: message } }, { text: title });
			await settled();
			return last();
		}
	};
}
