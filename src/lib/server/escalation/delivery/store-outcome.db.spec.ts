import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { db } from '#lib/server/db/index.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, makeOffice, photo, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { attemptsOf } from '../call-log.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { deliver } from './deliver.ts';

const lapor = useLapor();

/** Lets the next attempts to record a call fail, as if another transaction held the rows. Sequences are not rolled back. */
async function refuseRecords(count: number) {
	await db().execute(sql`create sequence refusals`);
	await db().execute(sql`create function refuse_record() returns trigger language plpgsql as
		${sql.raw(`$$ begin
			if nextval('refusals') <= ${count} then raise exception 'held' using errcode = '55P03'; end if;
			return new;
		end $$`)}`);
	await db().execute(sql`create trigger refuse_record before insert on escalation_attempts
		for each row execute function refuse_record()`);
}
const endRefusals = async () => {
	await db().execute(sql`drop trigger if exists refuse_record on escalation_attempts`);
	await db().execute(sql`drop function if exists refuse_record`);
	await db().execute(sql`drop sequence if exists refusals`);
};
beforeEach(endRefusals);
afterEach(endRefusals);

it('stores the number of a report and the id of its photo when the database is back', async () => {
	const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files: [await photo()] });
	await refuseRecords(1);
	await deliver(escalation.id);
	await endRefusals();
	await refuseRecords(1);
	const second = await forwardedCase(await makeOffice());
	await deliver(second.escalation.id);
	for (const { id, reference } of [escalation, second.escalation]) {
		const [report, ...more] = await lapor.reports(reference);
		expect(more).toEqual([]);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', laporId: String(report?.id) });
	}
	const outcomes = (await attemptsOf(escalation.id)).map(({ step, outcome }) => `${step} ${outcome}`);
	expect(outcomes).toEqual(['create accepted', 'upload uploaded']);
});

it('stores that a follow-up arrived when the database is back', async () => {
	const office = await makeOffice();
	const { row, escalation } = await forwardedCase(office);
	await deliver(escalation.id);
	const { version } = (await forwardNow(escalation.id)).row;
	await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true, version });
	await followCaseEvents((await forwardNow(escalation.id)).entries);
	await refuseRecords(2);
	await deliver(escalation.id);
	expect(await followupsOf(escalation.id)).toMatchObject([{ state: 'sent' }]);
	const [report] = await lapor.reports(escalation.reference);
	expect(report?.followups).toHaveLength(1);
});

it('stores the number even if the circuit can not be told of the call', async () => {
	const { escalation } = await forwardedCase(await makeOffice());
	await lapor.faults([{ kind: 'slow', delayMs: 1500, count: 1, match: { endpoint: 'create' } }]);
	const delivered = deliver(escalation.id);
	const failed = expect(delivered).rejects.toThrow();
	await vi.waitUntil(async () => (await lapor.served()).some(({ fired }) => fired > 0), { timeout: 10_000 });
	await db().execute(sql`alter table lapor_circuits rename to circuits_away`);
	await failed;
	await db().execute(sql`alter table circuits_away rename to lapor_circuits`);
	const [report] = await lapor.reports(escalation.reference);
	expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'sent', laporId: String(report?.id) });
});
