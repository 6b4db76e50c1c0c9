import { join } from 'node:path';
import { attackSite } from './chaos-bodies/run.ts';
import { startDemo } from './demo-site.ts';
import { line, ms } from './print-results.ts';
import { runUntilSignal, ownFolder, requireBuild, withUndoUntil } from './run-until-signal.ts';

const USAGE = `npm run chaos:bodies -- [options]
  --bodies N     random bodies and queries, spread over all forms, calls and pages (10000)
  --seed N       the same seed sends the same (11)
  --heap N       megabytes of heap that the site may use (256)
  --most N       slowest allowed response in milliseconds; a slow one is measured again (500)
  --seconds N    the whole run takes no longer (3600)
  --loud         shows what the site logs
Needs a build (npm run build). Exits with 1 if a response is a 5xx, missing or too slow.`;

await runUntilSignal(
	USAGE,
	{ bodies: 10_000, seed: 11, heap: 256, most: 500, seconds: 3600, loud: false },
	async ({ bodies, seed, heap, most, loud }, signal) => {
		requireBuild();
		const result = await withUndoUntil(signal, async (undo) => {
			const bootstrap = `bootstrap-${crypto.randomUUID()}`;
			const site = await startDemo({
				port: 0,
				sandboxPort: 0,
				dataDir: join(ownFolder(undo), 'data'),
				quiet: !loud,
				settings: {
					BOOTSTRAP_TOKEN: bootstrap,
					LIMITS: 'off',
					LOG_LEVEL: 'error',
					NODE_OPTIONS: `--max-old-space-size=${heap}`
				}
			});
			undo.push(() => site.stop());
			return attackSite(site, bootstrap, { bodies, seed, mostMs: most }, signal);
		});
		line('attacked', `${result.forms} forms, ${result.calls} calls, ${result.pages} pages`);
		line('sent', String(result.sent));
		const statuses = [...result.byStatus].sort(([one], [other]) => one - other);
		line('answers', statuses.map(([status, count]) => `${status}: ${count}`).join(', '));
		line('slowest', ms(result.slowestMs));
		for (const failure of result.failures) line('failed', failure);
		for (const slow of result.slow) line('slow', slow);
		return result.failures.length === 0 && result.slow.length === 0;
	},
	{ minimums: { heap: 64 } }
);
