import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { ensureSchedule } from '#lib/server/privacy/retention/schedule.ts';
import { ensureTemplates } from '#lib/server/cases/answers/default-templates.ts';
import { migrateDatabase } from '#lib/server/db/migrate.ts';
import { openPglite, pgliteHandle, postgresHandle, requireSuitableServer } from '#lib/server/db/open.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { createDatabase, databaseFolder, NOT_DURABLE, startPostgres } from './postgres-server.ts';
import { testEnvironment } from './environment.ts';

declare module 'vitest' {
	interface ProvidedContext {
		databaseImage: string;
		databaseServer: string;
		databaseTemplate: string;
	}
}

/** Prepares an empty database: the schema, the default data of an installation, and the tables of the queue. */
export async function prepareDatabase(handle: Handle): Promise<void> {
	await migrateDatabase(handle);
	await ensureDefaults(handle.database);
	await ensureSchedule(handle.database);
	await ensureTemplates(handle.database);
	await startQueue(handle, false);
	await stopQueue();
}

/** Creates one migrated database per run. Every test file starts with a copy of it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const folder = databaseFolder('test');
	testEnvironment(folder);
	if (project.config.env.TEST_DATABASE === 'pglite') {
		const client = await openPglite();
		const handle = await pgliteHandle(client);
		await prepareDatabase(handle);
		const image = join(folder, 'image.tar');
		await writeFile(image, Buffer.from(await (await client.dumpDataDir('none')).arrayBuffer()));
		await handle.close();
		project.provide('databaseImage', image);
		return () => rm(folder, { recursive: true, force: true });
	}
	const server = await startPostgres(join(folder, 'postgres'), NOT_DURABLE);
	const template = `spatula_template_${process.pid}`;
	const handle = postgresHandle(await createDatabase(server.url, template), 2);
	await requireSuitableServer(handle.client);
	await prepareDatabase(handle);
	await handle.close();
	project.provide('databaseServer', server.url);
	project.provide('databaseTemplate', template);
	return async () => {
		// A server of this run is deleted with its folder. Dropping its databases one by one would take a third of the
		// time of all specs.
		if (process.env.TEST_DATABASE_URL) {
			const admin = postgres(server.url, { max: 1, onnotice: () => {} });
			const copies = await admin`select datname from pg_database where starts_with(datname, ${template})`;
			for (const { datname } of copies) await admin.unsafe(`drop database ${datname} with (force)`);
			await admin.end();
		}
		await server.stop();
		await rm(folder, { recursive: true, force: true });
	};
}
