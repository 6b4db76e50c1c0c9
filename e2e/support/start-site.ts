import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '../../scripts/demo-site.ts';
import { TEST_BOOTSTRAP } from './site.ts';

/** Brings up the demo with the sandbox for all journeys of a run, on ports of its own, and takes it down after them. */
export default async function startForJourneys(): Promise<() => Promise<void>> {
	const folder = mkdtempSync(join(tmpdir(), 'spatula-journeys-'));
	const site = await startDemo({
		port: 0,
		sandboxPort: 0,
		dataDir: join(folder, 'data'),
		quiet: true,
		settings: {
			BOOTSTRAP_TOKEN: TEST_BOOTSTRAP,
			// Journeys run faster than people and all come from one address.
			LIMITS: 'off',
			LAPOR_POLL_SECONDS: '2',
			LAPOR_RETRY_SECONDS: '1,1,2',
			// What a small office's server leaves it.
			NODE_OPTIONS: '--max-old-space-size=512'
		}
	});
	const file = join(folder, 'site.json');
	const { origin, sandboxUrl, accounts, reports } = site;
	writeFileSync(file, JSON.stringify({ origin, sandboxUrl, accounts, reports }), { mode: 0o600 });
	process.env.SPATULA_JOURNEYS = file;
	return async () => {
		await site.stop();
		rmSync(folder, { recursive: true, force: true });
	};
}
