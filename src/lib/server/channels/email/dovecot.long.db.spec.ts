import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { eq, ne } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { dovecotMissing, startDovecot } from '#lib/dev/testing/channels/dovecot.ts';
import { mailSource } from '#lib/dev/testing/channels/mail-source.ts';
import { connectMailbox } from '#lib/dev/testing/channels/mailbox.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { env } from '#lib/server/env.ts';

const office = useOffice();
const MESSAGES = 500;
const KILLS = 12;

const processed = () => db().$count(incomingMessages, ne(incomingMessages.state, 'stored'));

/**
 * Starts a process that reads the mailbox, and kills it after a while, but not before it has processed a message: one that
 * is interrupted three times is put aside for a person.
 */
async function readFor(milliseconds: number, delivered: number): Promise<void> {
	const database = handle();
	if (database.kind !== 'postgres') throw new Error('the processes share a PostgreSQL server');
	const { APP_KEY, DATA_DIR } = env();
	const reader = spawn(process.execPath, ['src/lib/dev/testing/channels/mailbox-reader.ts'], {
		env: { ...process.env, APP_KEY, DATA_DIR, DATABASE_URL: database.url },
		stdio: 'ignore'
	});
	const ended = once(reader, 'exit');
	const before = await processed();
	const until = Date.now() + 10 * milliseconds;
	await wait(milliseconds);
	while (before < delivered && (await processed()) === before && Date.now() < until) await wait(100);
	reader.kill('SIGKILL');
	await ended;
	// Ends the lease of the killed process, so that the next one need not wait.
	await db().update(connections).set({ readUntil: null });
}

test.runIf(process.env.TEST_DATABASE === 'postgres' && !dovecotMissing)(
	// Needs root and: apt-get install dovecot-imapd
	'processes 500 messages of a real server once each, although the reader is killed again and again',
	async () => {
		const server = await startDovecot();
		onTestFinished(() => server.stop());
		const { id } = await connectMailbox(office.unit, server);
		const deliver = (from: number, to: number) => {
			for (let n = from; n < to; n += 1) server.deliver(mailSource({ Subject: `surat ${n}` }, `Isi surat ${n}.`));
		};
		deliver(0, MESSAGES / 2);
		const before = server.messages();
		for (let kill = 1; kill <= KILLS; kill += 1) {
			await readFor(2500 + Math.random() * 3000, kill > 3 ? MESSAGES : MESSAGES / 2);
			if (kill === 3) deliver(MESSAGES / 2, MESSAGES);
		}
		const rows = () => db().select().from(incomingMessages).where(eq(incomingMessages.connectionId, id));
		for (let more = 0; (await rows()).filter(({ state }) => state === 'done').length < MESSAGES && more < 20; more += 1)
			await readFor(20_000, MESSAGES);
		const all = await rows();
		expect(all.map(({ state }) => state)).toEqual(Array(MESSAGES).fill('done'));
		expect(new Set(all.map(({ body }) => body)).size).toBe(MESSAGES);
		const after = server.messages();
		expect(after).toHaveLength(MESSAGES);
		expect(after.every(({ flags }) => flags === '')).toBe(true);
		for (const message of before) expect(after).toContainEqual(message);
	},
	600_000
);
