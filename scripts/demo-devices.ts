import { demoKioskLinks } from '#lib/dev/demo/kiosk-links.ts';
import { leaveSandboxReports } from '#lib/dev/demo/demo-lapor.ts';
import { connectWhatsApp } from '#lib/dev/demo/whatsapp-connection.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { runCommand } from './options.ts';

// Runs before the site opens the folder, because only one process can open its database.
await runCommand('node scripts/demo-devices.ts', async () => {
	const handle = await openDatabase();
	try {
		if (process.env.OTHER_LAPOR) await leaveSandboxReports();
		if (process.env.PHONES_URL) await connectWhatsApp(process.env.PHONES_URL);
		console.log(JSON.stringify(await demoKioskLinks()));
	} finally {
		await handle.close();
	}
});
