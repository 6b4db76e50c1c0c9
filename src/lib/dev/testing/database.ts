import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { openPglite, pgliteHandle, postgresHandle } from '#lib/server/db/open.ts';
import { useHandle, type Handle } from '#lib/server/db/index.ts';
import { startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { testEnvironment } from './environment.ts';
import { createDatabase } from './postgres-server.ts';

async function copyOfTemplate(dataDir?: string): Promise<Handle> {
	if (process.env.TEST_DATABASE === 'pglite') {
		const image = new Blob([new Uint8Array(await readFile(inject('databaseImage')))]);
		return pgliteHandle(await openPglite({ loadDataDir: image, dataDir }));
	}
	const template = inject('databaseTemplate');
	const name = `${template}_${randomBytes(6).toString('hex')}`;
	const debug = (_: number, statement: string) => sent?.push(statement);
	// Few connections: to open one takes longer than most tests, and each prepares every statement anew.
	return postgresHandle(await createDatabase(inject('databaseServer'), name, template), 4, { debug });
}

/** What is sent to PostgreSQL while `statementsOf` runs. */
let sent: string[] | undefined;

/** Begin and end of a transaction, and what the driver asks on each new connection. */
const NOT_COUNTED = /^\s*(?:begin|commit|rollback|savepoint|release)\b|pg_catalog\.pg_type/i;

/** The statements that `work` sends to PostgreSQL. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
	const statements: string[] = (sent = []);
	await work().finally(() => (sent = undefined));
	return statements.filter((statement) => !NOT_COUNTED.test(statement));
}

let isOnDisk = false;

/** Keeps the embedded database of this file of specs in its folder, as in production; in memory it is faster. */
export const databaseOnDisk = (): void => void (isOnDisk = true);

/** Gives the tests of a file their own migrated database with a job queue, and a folder for files. */
export function useFreshDatabase(): void {
	// The file of specs is loaded after this call and before the hooks run.
	isOnDisk = false;
	let opened: Handle | undefined;
	let folder = '';
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'spatula-files-'));
		testEnvironment(folder);
		opened = await copyOfTemplate(isOnDisk ? join(folder, 'pglite') : undefined);
		useHandle(opened);
		// One file opens several databases, one after the other.
		await stopQueue();
		await startQueue(opened, false);
	});
	afterAll(async () => {
		await stopQueue();
		useHandle(undefined);
		await opened?.close();
		await rm(folder, { recursive: true, force: true });
	});
}
