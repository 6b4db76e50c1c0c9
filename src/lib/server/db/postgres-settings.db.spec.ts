import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withSnapshot } from '#lib/server/backup/snapshot.ts';
import { now } from '#lib/server/clock.ts';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import { env } from '#lib/server/env.ts';
import { queue, startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { asJob, db, handle, rowsOf, transaction, useHandle, type Handle } from './index.ts';
import { MIGRATION_LOCK, migrateDatabase } from './migrate.ts';
import { nextNumber } from './next-number.ts';
import { listen } from './notify.ts';
import { postgresHandle } from './open.ts';

type Postgres = Extract<Handle, { kind: 'postgres' }>;
const opened = () => handle() as Postgres;

/** Another site on the same database, with other settings. */
function otherSite(connection: Record<string, number>, url = opened().url): Postgres {
	const other = postgresHandle(url, 2, { connection });
	onTestFinished(() => other.close());
	return other;
}

/** Serves the requests of `work` from another site. */
async function servedBy<T>(site: Handle, work: () => Promise<T>): Promise<T> {
	const own = handle();
	useHandle(site);
	return work().finally(() => useHandle(own));
}

const typed = { body: 'Kursi ruang tunggu patah.' };

describe.runIf(process.env.TEST_DATABASE === 'postgres')('sessions with PostgreSQL', () => {
	const limits = `select current_setting('statement_timeout') as statement,
		current_setting('idle_in_transaction_session_timeout') as idle,
		current_setting('lock_timeout') as lock`;

	test('pages have statement limits; jobs and backups have none, whatever limits the server sets', async () => {
		const { name } = (await rowsOf<{ name: string }>(db(), sql`select current_database() as name`))[0] ?? {};
		for (const setting of ['statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout'])
			await opened().client.unsafe(`alter database ${name} set ${setting} = '200ms'`);
		onTestFinished(async () => void (await opened().client.unsafe(`alter database ${name} reset all`)));
		opened().reconnect();
		await stopQueue();
		await startQueue(handle(), false);
		const read = async () => (await rowsOf(db(), sql.raw(limits)))[0];
		expect(await read()).toEqual({ statement: '45s', idle: '1min', lock: '10s' });
		expect(await asJob(read)).toEqual({ statement: '0', idle: '1min', lock: '10s' });
		const inBackup = await withSnapshot(handle(), env().DATA_DIR, (snapshot) => snapshot.rows(limits));
		expect(inBackup).toEqual([{ statement: '0', idle: '0', lock: '10s' }]);
		const { rows } = await queue().getDb().executeSql(limits);
		expect(rows).toEqual([{ statement: '0', idle: '1min', lock: '0' }]);
		let migrating: Promise<void> | undefined;
		await opened().client.begin(async (tx) => {
			await tx`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
			migrating = migrateDatabase(handle());
			await wait(500);
		});
		await expect(migrating).resolves.toBeUndefined();
	});

	test('a statement over the limit returns the form with its text', async () => {
		await servedBy(otherSite({ statement_timeout: 100 }), async () => {
			const slow = () => transaction((tx) => tx.execute(sql`select pg_sleep(20)`));
			expect(await asForm(typed, slow)).toMatchObject({ status: 503, data: { typed } });
		});
	});

	test('a site that disappears in a transaction does not keep the lock on an office’s numbers', async () => {
		const unit = await makeUnit();
		const vanished = otherSite({ idle_in_transaction_session_timeout: 300 });
		const { promise: locked, resolve } = Promise.withResolvers<void>();
		const left = vanished.database.transaction(async (tx) => {
			await nextNumber(tx, 'case', unit.id, now().getFullYear());
			resolve();
			await wait(2000);
			await tx.execute(sql`select 1`);
		});
		const outcome = left.catch((cause: unknown) => cause);
		// On a busy machine the session can end before it has the lock.
		await Promise.race([locked, outcome]);
		await makeCase(unit);
		expect(isDatabaseUnavailable(await outcome)).toBe(true);
	});

	test('while the database does not answer, forms are returned; afterwards the site recovers', async () => {
		const server = new URL(opened().url);
		const network = await cuttableNetwork(Number(server.port), server.hostname);
		const url = Object.assign(new URL(server), { hostname: '127.0.0.1', port: String(network.port) }).href;
		const site = otherSite({}, url);
		await servedBy(site, async () => {
			const stopListening = await listen({}, () => {}, { pulseMs: 100, silentMs: 300 });
			onTestFinished(stopListening);
			await db().execute(sql`select 1`);
			network.cut();
			const waiting = asForm(typed, () => transaction((tx) => tx.execute(sql`select 1`)));
			expect(await waiting).toMatchObject({ status: 503, data: { typed } });
			network.mend();
			// The new connection still returns dates as text.
			const read = () => rowsOf(db(), sql`select date '2026-11-26' as day`).catch(String);
			await expect.poll(read).toEqual([{ day: '2026-11-26' }]);
		});
	});

	test('pages that use all connections do not end the one that listens', async () => {
		await servedBy(otherSite({}), async () => {
			let lost = 0;
			onTestFinished(await listen({}, () => (lost += 1), { pulseMs: 400, silentMs: 1200 }));
			await Promise.all(['a', 'b'].map(() => db().execute(sql`select pg_sleep(1.5)`)));
			expect(lost).toBe(0);
		});
	});
});

/** A proxy to a server. `cut` drops all bytes without closing a connection. */
async function cuttableNetwork(port: number, host: string) {
	const sockets = new Set<Socket>();
	let isCut = false;
	const network = createServer((near) => {
		const far = connect(port, host);
		for (const socket of [near, far]) {
			sockets.add(socket);
			socket.on('error', () => {});
			if (isCut) socket.pause();
		}
		near.on('data', (bytes) => !isCut && far.write(bytes));
		far.on('data', (bytes) => !isCut && near.write(bytes));
	});
	onTestFinished(() => {
		network.close();
		for (const socket of sockets) socket.destroy();
	});
	return {
		port: await listenOnFreePort(network),
		cut: () => (isCut = true),
		mend: () => (isCut = false)
	};
}
