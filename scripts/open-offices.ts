import { openAllOffices } from '#lib/dev/testing/factories.ts';
import { openDatabase } from '#lib/server/db/open.ts';

const handle = await openDatabase();
try {
	await openAllOffices();
} finally {
	await handle.close();
}
