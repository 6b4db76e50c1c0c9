import { demoKioskLinks } from '#lib/dev/demo/kiosk-links.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { StartError } from '#lib/server/errors.ts';

// Before the site opens the folder: its database is held by one process.
try {
	const handle = await openDatabase();
	try {
		console.log(JSON.stringify(await demoKioskLinks()));
	} finally {
		await handle.close();
	}
} catch (error) {
	if (!(error instanceof StartError)) throw error;
	console.error(`spatula: ${error.message}`);
	process.exitCode = 1;
}
