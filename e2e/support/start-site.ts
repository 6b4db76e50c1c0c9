import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FullConfig } from '@playwright/test';
import { seedFolder, type DemoSite } from '../../scripts/demo-site.ts';
import { postgresHandle } from '../../src/lib/server/db/open.ts';
import { prepareDatabase } from '../../src/lib/dev/testing/database-setup.ts';
import { testEnvironment } from '../../src/lib/dev/testing/environment.ts';
import {
	createDatabase,
	databaseFolder,
	NOT_DURABLE,
	startPostgres
} from '../../src/lib/dev/testing/postgres-server.ts';
import { startDemoCopy } from './demo-copy.ts';
import type { Journeys } from './journey.ts';

/** The heap limit on a small office's server. */
const HEAP_MB = 512;

/**
 * Starts one PostgreSQL server and on it one demo with its LAPOR sandbox for each worker. All are copies of one seeded
 * database and folder, so that no journey counts records of another worker's journey. Stops them after the run.
 */
export default async function startForJourneys({ workers }: FullConfig): Promise<() => Promise<void>> {
	const folder = databaseFolder('journeys');
	const server = await startPostgres(join(folder, 'postgres'), NOT_DURABLE);
	const demos: DemoSite[] = [];
	const stop = async () => {
		await Promise.all(demos.map((demo) => demo.stop()));
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		testEnvironment(folder);
		const empty = postgresHandle(await createDatabase(server.url, 'empty'), 2);
		await prepareDatabase(empty);
		await empty.close();
		await seedFolder(join(folder, 'seeded'), { databaseUrl: await createDatabase(server.url, 'seeded', 'empty') });

		const journeys: Journeys = { sites: [], folder, databaseServer: server.url };
		const starting = Array.from({ length: workers }, async (_, worker) => {
			const demo = await startDemoCopy(journeys, `worker${worker}`, { heapMb: HEAP_MB });
			demos.push(demo);
			const { origin, sandboxUrl, phonesUrl, accounts, reports } = demo;
			journeys.sites[worker] = { origin, sandboxUrl, phonesUrl, accounts, reports };
		});
		const failed = (await Promise.allSettled(starting)).find((one) => one.status === 'rejected');
		if (failed) throw failed.reason;
		const file = join(folder, 'journeys.json');
		writeFileSync(file, JSON.stringify(journeys), { mode: 0o600 });
		process.env.SPATULA_JOURNEYS = file;
		return stop;
	} catch (error) {
		await stop();
		throw error;
	}
}
