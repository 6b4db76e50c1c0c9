import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { ensureTemplates } from '#lib/server/cases/answers/default-templates.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { seedDemo } from '#lib/dev/demo/seed.ts';
import { env } from '#lib/server/env.ts';
import { startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { runCommand } from './options.ts';
import { saveAccounts } from './demo/folder.ts';
import { DEVELOPMENT_KEY_FILE, hasKey, readKey } from './demo/key-file.ts';
import { accountTable, reportTable } from './demo/print.ts';

/** Uses the generated key of a development site. Elsewhere APP_KEY or APP_KEY_FILE must be set. */
function useDevelopmentKey(): void {
	const key = readKey(join(process.env.DATA_DIR || './data', DEVELOPMENT_KEY_FILE));
	if (!hasKey() && key) process.env.APP_KEY = key;
}

await runCommand('npm run seed', async () => {
	parseArgs({ options: {} });
	useDevelopmentKey();
	const handle = await openDatabase();
	try {
		await ensureDefaults(handle.database);
		await ensureTemplates(handle.database);
		await startQueue(handle, false);
		const seeded = await seedDemo();
		const path = saveAccounts(env().DATA_DIR, seeded);
		console.log(`${accountTable(seeded.accounts)}\n\n${reportTable(seeded.reports)}\n`);
		console.log(`Kept in ${path}. The database holds demo data now: a site starts on it with DEMO=on.`);
	} finally {
		await stopQueue();
		await handle.close();
	}
});
