import { desc } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { fileStore } from './store.ts';

/** Enough to tell a wrong DATA_DIR from a file that was lost or is being deleted. */
const COMPARED = 5;

/** How many of the newest files of reports were looked for in DATA_DIR, and how many are missing there. */
export async function newestFiles(): Promise<{ compared: number; missing: number }> {
	const rows = await db()
		.select({ id: attachments.id })
		.from(attachments)
		.orderBy(desc(attachments.at))
		.limit(COMPARED);
	let missing = 0;
	for (const { id } of rows) {
		const file = await fileStore()
			.open(id)
			.catch(() => null);
		if (file) file.content.destroy();
		else missing++;
	}
	return { compared: rows.length, missing };
}
