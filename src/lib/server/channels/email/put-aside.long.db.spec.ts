import { eq } from 'drizzle-orm';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { startImapServer } from '#lib/dev/testing/channels/imap-server.ts';
import { mailSource } from '#lib/dev/testing/channels/mail-source.ts';
import { connectMailbox, readOnce } from '#lib/dev/testing/channels/mailbox.ts';
import { countUnread, noticesToEach, notifyOfTimeline } from '#lib/dev/testing/notices.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { now } from '#lib/server/clock.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { db } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notifyOfWaitingMessages } from '#lib/server/staff-notices/waiting-messages.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { listConversations } from '../incoming/list.ts';
import { openFromConversation } from '../incoming/open-from-conversation.ts';
import { failedMessages, machineMessages, settleFailed } from '../incoming/set-aside.ts';

const office = useOffice();
const SARI = 'sari@warga.example';
let server: Awaited<ReturnType<typeof startImapServer>>;
let mailbox: ConnectionRow;
beforeEach(async () => {
	server = await startImapServer();
	onTestFinished(() => server.close());
	mailbox = await connectMailbox(office.unit, server);
});

/** A case by the website, and the headers of a reply to an e-mail about it. */
async function caseWithMail(changes: Record<string, unknown>) {
	const reporter = { name: 'Sari Contoh', email: SARI };
	const { reference } = await makeCase(office.unit, { identity: 'named', reporter, ...changes });
	const { id: caseId } = await readCase(reference);
	const [mail] = await db()
		.insert(mails)
		.values({
			kind: 'reporter',
			onceKey: crypto.randomUUID(),
			caseId,
			unitId: office.unit.id,
			subject: 's',
			body: 'b',
			state: 'sent',
			createdAt: now(),
			waitsFrom: now()
		})
		.returning();
	return { reference, thread: { 'In-Reply-To': `<${mail?.id}@kantor.example>` } };
}
const AUTOMATIC = { 'Auto-Submitted': 'auto-replied', Subject: 'Cuti' };
const ENCRYPTED = { 'Content-Type': 'application/pkcs7-mime', Subject: 'Rahasia' };
/** The subjects that the lists show to an actor; null where they hide sender and subject. */
const shownTo = async (actor: Actor) =>
	[...(await machineMessages(actor, undefined)).items, ...(await failedMessages(actor)).items].map(
		({ seen }) => seen && seen.subject
	);

test('automatic replies and unreadable messages in the thread of a case do not show a withheld name', async () => {
	const { thread } = await caseWithMail({ identity: 'withheld' });
	for (const headers of [AUTOMATIC, ENCRYPTED]) server.deliver(mailSource({ ...headers, ...thread }, 'x'));
	await readOnce(mailbox);
	expect(await shownTo(office.handler)).toEqual([null, null]);
});

test('such messages are listed only for people who may see the case, also if only the subject names it', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const about = await caseWithMail({ kind: 'complaint', officer: officer.id });
	const integrity = await caseWithMail({ kind: 'complaint', category: 'integrity' });
	for (const headers of [AUTOMATIC, ENCRYPTED]) {
		server.deliver(mailSource({ ...headers, ...about.thread }, 'x'));
		server.deliver(mailSource({ ...headers, Subject: `Re: Laporan ${integrity.reference}: pertanyaan` }, 'x'));
	}
	await readOnce(mailbox);
	expect(await shownTo(named)).toEqual([]);
	expect(await shownTo(office.handler)).toEqual(['Cuti', 'Rahasia']);
	expect(await shownTo(office.rootSupervisor)).toHaveLength(4);
	const failed = (await failedMessages(office.rootSupervisor)).items.map(({ id }) => id);
	for (const message of failed)
		await expect(settleFailed(named, { message, settle: 'done' })).rejects.toMatchObject({ code: 'stale' });
});

test('in the thread of a message, such messages are listed only for people who may see the message, or the report it became', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	server.deliver(mailSource({ 'Message-ID': '<pertama@warga.example>' }, `${officer.name} meminta uang.`));
	await readOnce(mailbox);
	for (const headers of [AUTOMATIC, ENCRYPTED])
		server.deliver(mailSource({ ...headers, 'In-Reply-To': '<pertama@warga.example>' }, 'x'));
	await readOnce(mailbox);
	expect(await shownTo(named)).toEqual([]);
	expect(await shownTo(office.handler)).toEqual(['Cuti', 'Rahasia']);
	const [message] = (await listConversations(office.handler, { state: 'waiting' })).items;
	await openFromConversation(message?.id ?? 0, { category: 'integrity' }, office.handler);
	expect(await shownTo(office.handler)).toEqual([]);
	expect(await shownTo(office.rootSupervisor)).toEqual(['Cuti', 'Rahasia']);
	const gone = { source: { to: { conversationId: 0 } } };
	await db().update(incomingMessages).set(gone).where(eq(incomingMessages.connectionId, mailbox.id));
	expect(await shownTo(office.rootSupervisor)).toEqual([]);
});

test('the people who work on the case are notified at once, and once, of what can’t be read', async () => {
	const { reference, thread } = await caseWithMail({});
	server.deliver(mailSource({ ...ENCRYPTED, ...thread }, 'x'));
	server.deliver(mailSource({ ...AUTOMATIC, ...thread }, 'x'));
	await readOnce(mailbox);
	await Promise.all([notifyOfWaitingMessages(), notifyOfWaitingMessages()]);
	expect(await noticesToEach(office.handler, office.supervisor)).toEqual([['unreadable'], []]);
	// A reply to the reporter settles it.
	await writeMessage(office.handler, reference, { body: 'Mohon dikirim lagi tanpa enkripsi.', public: true });
	await notifyOfTimeline(reference);
	expect(await countUnread(office.handler)).toBe(0);
});
