import { demoKioskLinks } from '#lib/dev/demo/kiosk-links.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { runCommand } from './command.ts';

// Before the site opens the folder: its database is held by one process.
await runCommand('node scripts/demo-kiosks.ts', async () => {
	const handle = await openDatabase();
	try {
		console.log(JSON.stringify(await demoKioskLinks()));
	} finally {
		await handle.close();
	}
});
