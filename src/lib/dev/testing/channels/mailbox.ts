import { eq } from 'drizzle-orm';
import { saveConnection, type ConnectionRow } from '#lib/server/channels/connections/connections.ts';
import { mailboxAccess } from '#lib/server/channels/email/mailbox.ts';
import { readNewMail } from '#lib/server/channels/email/read-new-mail.ts';
import { db } from '#lib/server/db/index.ts';
import { connections } from '#lib/server/db/schema/channels.ts';
import { openInbox, type Inbox } from '#lib/server/integrations/mail/imap.ts';
import { makeActor } from '../factories.ts';
import { IMAP_USER } from './imap-server.ts';

/** Connects an office with the mailbox of a test server, from its next message on. */
export async function connectMailbox(
	unit: { id: string; code: string },
	server: { port: number },
	{ dedicated = false, plusAddress = false, address = `pengaduan-${crypto.randomUUID()}@kantor.example` } = {}
): Promise<ConnectionRow> {
	const admin = await makeActor([[unit.id, 'admin']]);
	const secrets = { password: 'rahasia' };
	const settings = { host: '127.0.0.1', port: server.port, security: 'none', user: IMAP_USER, plusAddress };
	const connection = await saveConnection(admin, unit.code, 'email', { address, dedicated, secrets, settings });
	if (!connection) throw new Error('the mailbox waits for a supervisor');
	await readOnce(connection);
	return connection;
}

/** Reads what is new in the mailbox once, as the reader of a process does. `faults` replace what the server does. */
export async function readOnce({ id }: ConnectionRow, faults: Partial<Inbox> = {}): Promise<void> {
	const readerId = crypto.randomUUID();
	const [connection] = await db()
		.update(connections)
		.set({ readBy: readerId })
		.where(eq(connections.id, id))
		.returning();
	if (!connection) throw new Error(`no connection ${id}`);
	const inbox = await openInbox(await mailboxAccess(connection), 1000);
	try {
		const { signal } = new AbortController();
		await readNewMail({
			connection,
			readerId,
			inbox: { ...inbox, ...faults },
			signal,
			keepLease: async () => undefined
		});
	} finally {
		await inbox.close();
	}
}
