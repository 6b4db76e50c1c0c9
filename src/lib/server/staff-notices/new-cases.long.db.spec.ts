import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { noticesTo, notifyOfTimeline } from '#lib/dev/testing/notices.ts';
import { atTime, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { sweepDueNotices } from './new-cases.ts';

const office = useOffice();

// After the working hours of a Thursday in Makassar (UTC+8), and the following Friday at 08:00.
const NIGHT = '2026-11-26T14:00:00Z';
const FRIDAY = '2026-11-27T00:00:00Z';

test('a batch of cases that always fail does not block the notice of a later case', async () => {
	const reference = await atTime(NIGHT, async () => {
		const made = await makeCase(office.unit);
		await notifyOfTimeline(made.reference, { opening: true });
		return made.reference;
	});
	const { id } = await readCase(reference);
	// 500 older rows whose notices can't be written, each of its own case.
	await copyCases(id, 500);
	await db().execute(sql`insert into due_notices select id, 'unverified', '2026-11-01' from cases where id > ${id}`);
	await db().execute(sql`create function refuse() returns trigger language plpgsql as
		$$ begin raise exception 'cannot be deleted'; end $$`);
	await db().execute(sql`create trigger refuses before delete on due_notices for each row
		when (old.at < '2026-11-02') execute function refuse()`);
	await atTime(FRIDAY, sweepDueNotices);
	expect(await noticesTo(office.handler)).toEqual(['new_case']);
});
