import { eq, sql } from 'drizzle-orm';
import { ensureDefaults } from '#lib/server/calendar/defaults.ts';
import { db } from '#lib/server/db/index.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { makeCase, makePlace } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/many-forwards.ts';
import { bringTo, makeOffice, standing } from '#lib/dev/testing/office.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';

/** Under whose name the reports are taken away. */
export const TAKER = 'pengambil';

const COPIED = 20_000;

/** Makes the database of the settings hold so many reports of one office, with their promises and a text of some lines each. */
export async function fillForExport(rows: number): Promise<void> {
	const opened = await openDatabase();
	await startQueue(opened, false);
	await ensureDefaults(db());
	const office = await makeOffice();
	const place = await makePlace(office.unit.id);
	const body = 'Antrean di loket tidak bergerak selama satu jam, dan tidak ada yang memberi tahu sebabnya. '.repeat(5);
	const { reference } = await makeCase(office.unit, { title: 'Antrean', body, place: place.id, service: 'library' });
	await bringTo(office, reference, 'closed');
	const { id } = await standing(reference);
	await db()
		.update(accounts)
		.set({ username: TAKER })
		.where(eq(accounts.id, office.handler.accountId ?? ''));
	// One connection, so that what is searched in and counted is left alone: neither is exported.
	await withoutTriggers(async (tx) => {
		for (let made = 1; made < rows; made += COPIED) await copyCases(id, Math.min(COPIED, rows - made), tx);
		await tx.execute(sql`insert into clocks select copy.* from clocks k, cases c,
			jsonb_populate_record(null::clocks, to_jsonb(k) || jsonb_build_object('id', gen_random_uuid(), 'case_id', c.id)) copy
			where k.case_id = ${id} and c.id <> ${id}`);
	});
	await db().execute(sql`analyze`);
	await stopQueue(5);
	await opened.close();
}
