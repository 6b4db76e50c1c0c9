import { desc, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases } from '#lib/server/db/schema/cases.ts';
import { fileStore } from './store.ts';

/** Enough to tell a wrong DATA_DIR from a file that was lost or is being deleted. */
const COMPARED = 5;
/** They are searched for in the newest cases, because files have no index by time. */
const NEWEST_CASES = 200;

/** How many of the newest files of reports were looked for in DATA_DIR, and how many are missing there. */
export async function newestFiles(): Promise<{ compared: number; missing: number }> {
	const newest = db().select({ id: cases.id }).from(cases).orderBy(desc(cases.id)).limit(NEWEST_CASES);
	const rows = await db()
		.select({ id: attachments.id })
		.from(attachments)
		.where(inArray(attachments.caseId, newest))
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
