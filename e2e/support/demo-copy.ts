import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo, type DemoSite } from '../../scripts/demo-site.ts';
import { createDatabase } from '../../src/lib/dev/testing/postgres-server.ts';
import { TEST_BOOTSTRAP } from './site.ts';

/** The seeded demo of a run: the folder `seeded` in `folder`, and the database `seeded` on the server. */
export interface SeededDemo {
	folder: string;
	databaseServer: string;
}

/** Starts a site with its LAPOR sandbox on a copy of the seeded demo. `stop` also deletes the copy. */
export async function startDemoCopy(
	{ folder, databaseServer }: SeededDemo,
	name: string,
	{ heapMb }: { heapMb: number }
): Promise<DemoSite> {
	const dataDir = join(folder, name);
	cpSync(join(folder, 'seeded'), dataDir, { recursive: true, filter: (path) => !path.endsWith('lock.sock') });
	const site = await startDemo({
		port: 0,
		sandboxPort: 0,
		dataDir,
		databaseUrl: await createDatabase(databaseServer, name, 'seeded'),
		quiet: true,
		settings: {
			BOOTSTRAP_TOKEN: TEST_BOOTSTRAP,
			// Journeys are faster than people and all use one address.
			LIMITS: 'off',
			LAPOR_POLL_SECONDS: '2',
			LAPOR_RETRY_SECONDS: '1,1,2',
			NODE_OPTIONS: `--max-old-space-size=${heapMb} --import=${import.meta.resolve('./local-push.ts')}`
		}
	});
	const stop = async () => {
		await site.stop();
		rmSync(dataDir, { recursive: true, force: true });
	};
	return { ...site, stop };
}
