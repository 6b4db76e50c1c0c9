import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { openFromConversation } from './incoming/open-from-conversation.ts';
import { replyWay } from './reply-way.ts';

const office = useOffice();
beforeEach(() => overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' }));

async function byChannel(channel: 'email' | 'whatsapp' | 'sms', address: string) {
	const connection = await makeConnection(office.unit, { channel });
	const { conversationId } = await receive(connection, address, 'Antrean lama.');
	const { reference } = await openFromConversation(conversationId, { kind: 'complaint' }, office.handler);
	return { connection, row: await readCase(reference) };
}
const pause = (id: string) => db().update(connections).set({ pausedAt: now() }).where(eq(connections.id, id));

test('an e-mail report is answered by e-mail, with a warning where that does not work as usual', async () => {
	const { row, connection } = await byChannel('email', 'sari@warga.example');
	expect(await replyWay(row, 'wanted')).toEqual({ by: 'email', warning: null });
	expect(await replyWay(row, 'refused')).toEqual({ by: 'site', warning: 'refused' });
	expect(await replyWay(row, 'stopped')).toEqual({ by: 'site', warning: 'stopped' });
	expect(await replyWay(row, null)).toEqual({ by: 'site', warning: 'no_contact' });
	const mail = { kind: 'reporter', onceKey: 'lost', subject: 's', body: 'b', createdAt: now(), waitsFrom: now() };
	await db()
		.insert(mails)
		.values({ ...mail, caseId: row.id, state: 'unknown' });
	expect(await replyWay(row, 'wanted')).toEqual({ by: 'email', warning: 'undelivered' });
	await pause(connection.id);
	expect(await replyWay(row, 'wanted')).toEqual({ by: 'email', warning: 'paused' });
	overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
	expect(await replyWay(row, 'wanted')).toEqual({ by: 'site', warning: 'no_server' });
});

test('a WhatsApp report is answered there, with a warning that says what happens when 24 hours are over', async () => {
	const { row, connection } = await byChannel('whatsapp', '628123456789');
	expect(await replyWay(row, null)).toEqual({ by: 'whatsapp', warning: null });
	const after = (hours: number, mail: 'wanted' | null = null) => inHours(hours, () => replyWay(row, mail));
	expect(await after(25)).toEqual({ by: 'site', warning: 'no_template' });
	expect(await after(25, 'wanted')).toEqual({ by: 'news', warning: null });
	await db()
		.update(connections)
		.set({ settings: { templateName: 'kabar' } })
		.where(eq(connections.id, connection.id));
	expect(await after(25)).toEqual({ by: 'whatsapp', warning: 'window' });
	expect(await replyWay(row, 'wanted')).toEqual({ by: 'whatsapp', warning: null });
	expect(await after(25, 'wanted')).toEqual({ by: 'whatsapp', warning: 'window', also: 'news' });
	expect(await after(24 * 91)).toEqual({ by: 'site', warning: 'silent' });
	for (const [minute, state, reason, warning] of [
		// A question of the site itself, which is not needed any more.
		[1, 'failed', 'window_over', null],
		[2, 'failed', 'undeliverable', 'undelivered'],
		[3, 'unknown', null, 'undelivered'],
		[4, 'delivered', null, null]
	] as const) {
		const createdAt = new Date(now().getTime() + minute * MINUTE_MS);
		await db()
			.insert(outgoingMessages)
			.values({
				connectionId: connection.id,
				caseId: row.id,
				onceKey: `entry:${minute}`,
				state,
				reason,
				content: { kind: 'text', text: 'Sudah kami perbaiki.' },
				createdAt,
				waitsFrom: createdAt
			});
		expect(await replyWay(row, null)).toEqual({ by: 'whatsapp', warning });
	}
	await pause(connection.id);
	expect(await replyWay(row, null)).toEqual({ by: 'whatsapp', warning: 'paused' });
});

test('the reporter of an SMS who wants e-mails gets one too, which is said', async () => {
	const { row } = await byChannel('sms', '08123456789');
	expect(await replyWay(row, null)).toEqual({ by: 'sms', warning: null });
	expect(await replyWay(row, 'wanted')).toEqual({ by: 'sms', warning: null, also: 'news' });
});

test('other reporters get an e-mail that there is news, or read it on the site', async () => {
	const { reference } = await makeCase(office.unit);
	const row = await readCase(reference);
	expect(await replyWay(row, 'wanted')).toEqual({ by: 'news', warning: null });
	expect(await replyWay(row, 'refused')).toEqual({ by: 'site', warning: 'refused' });
	expect(await replyWay(row, null)).toEqual({ by: 'site', warning: null });
});
