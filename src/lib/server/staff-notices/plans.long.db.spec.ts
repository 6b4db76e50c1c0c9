import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { clocksToNotify } from '#lib/server/cases/clocks/clock-stages.ts';
import { connectionFigures } from '#lib/server/channels/connections/figures.ts';
import { countMails, listMails, testMailOf } from '#lib/server/channels/mail-list.ts';
import { sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { listNotices } from '#lib/server/channels/notice-list.ts';
import { db } from '#lib/server/db/index.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { caseFigures, clockFigures, mailFigures } from '#lib/server/health/figures.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { dueFacts } from './digest.ts';
import { notifyOfTrouble } from './site-trouble.ts';
import { sweepWaitingDrafts } from './draft-deciders.ts';
import { sweepStaffNotices } from './sweep.ts';
import { sweepUnattended } from './unattended.ts';
import { countUnread } from '#lib/dev/testing/notices.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { makeOffice, readCase, type Office } from '#lib/dev/testing/office.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';

const MANY = 30_000;

let office: Office & { admin: Actor };
beforeAll(async () => {
	const made = await makeOffice();
	office = { ...made, admin: await makeActor([[made.unit.id, 'admin']]) };
	const { reference } = await makeCase(office.unit, { kind: 'suggestion' });
	const { id } = await readCase(reference);
	await copyCases(id, MANY);
	await withoutTriggers(async (tx) => {
		await tx.execute(sql`update cases set status = 'closed' where id % 10 <> 0`);
		// Each copy has the deadlines of the first case. A few are due for a notification, and most are met.
		await tx.execute(sql`
			insert into clocks select copy.* from cases c, clocks k, jsonb_populate_record(null::clocks, to_jsonb(k)
				|| jsonb_build_object('id', gen_random_uuid(), 'case_id', c.id)
				|| case when c.id % 200 = 0 then jsonb_build_object('notify_at', now() - interval '1 hour', 'warn_at', now() - interval '1 hour')
					when c.id % 10 = 0 then '{}'::jsonb else jsonb_build_object('state', 'met', 'met_at', now()) end) copy
			where k.case_id = ${id} and c.id <> ${id}`);
		await tx.execute(sql`
			insert into approvals (case_id, kind, body, state, at)
			select id, 'answer', 'Jawaban.', case when id % 1000 = 0 then 'pending' else 'approved' end, now() from cases`);
		await tx.execute(sql`
			insert into notices (account_id, kind, page, case_id, once_key, at, read_at)
			select ${office.supervisor.accountId}, 'assigned', '/desk', id, 'uji:' || id, now(), case when id % 100 <> 0 then now() end from cases`);
		// Each of these kinds has some that last, and most are over.
		await tx.execute(sql`
			insert into notices (account_id, kind, page, once_key, at, read_at, data)
			select ${office.admin.accountId}, kind, '/admin', kind || ':' || n, now(), case when n % 500 <> 0 then now() end,
				jsonb_build_object('subject', 'disk', 'year', '2020', 'unit', 'x', 'period', '2020-01') || case when n % 500 <> 0
					then '{"ended": true}'::jsonb else '{}' end
			from generate_series(1, 2000) n, unnest(array['site_trouble', 'site_recovered', 'office_without_readers',
				'case_unattended', 'decree_missing', 'recap_due', 'recap_overdue']) kind`);
		await tx.execute(sql`
			insert into mails (kind, once_key, account_id, case_id, unit_id, address, subject, body, state, created_at, waits_from, sent_at, next_attempt_at)
			select 'notice', 'uji:' || id, ${office.supervisor.accountId}, id, ${office.unit.id}, 'a@contoh.invalid', 'x', 'x',
				case when id % 500 = 0 then 'failed' when id % 500 = 1 then 'waiting' else 'sent' end, now() - id * interval '1 second', now(),
				now(), case when id % 500 = 1 then now() end from cases`);
	});
	const { id: connectionId } = await makeConnection(office.unit);
	await db().execute(sql`
		insert into outgoing_messages (connection_id, once_key, content, state, created_at, waits_from)
		select ${connectionId}, n, '{}', case when n % 500 = 0 then 'failed' else 'sent' end, now(), now()
		from generate_series(1, ${MANY}) n`);
	for (const table of ['cases', 'clocks', 'approvals', 'notices', 'mails', 'outgoing_messages'])
		await db().execute(sql.raw(`analyze ${table}`));
});

test.each([
	['the sweep of deadlines', () => clocksToNotify(200)],
	['its next batch', () => clocksToNotify(200, { notifyAt: new Date(0), id: '00000000-0000-4000-8000-000000000000' })],
	['the sweep of waiting drafts', () => sweepWaitingDrafts()],
	['the sweep of reports that nobody may open', () => sweepUnattended()],
	['the trouble of the site', () => withDiskSpace(() => ({ free: 0, size: 1 }), notifyOfTrouble)],
	['the due cases of the digest', () => dueFacts(office.supervisor)],
	['the operator’s figures of cases', () => caseFigures()],
	['the operator’s figures of deadlines', () => clockFigures()],
	['the operator’s figures of e-mails', () => mailFigures()],
	['the sweep of e-mails', () => sweepMails()],
	['a list of the outbox', () => listMails(office.admin, 'sent')],
	['the failed e-mails of the outbox', () => listMails(office.admin, 'failed')],
	['the counts of the outbox', () => countMails(office.admin)],
	['the newest test e-mail', () => testMailOf(office.admin)],
	['the operator’s figures of connections', () => connectionFigures()],
	['the count of unread notices', () => countUnread(office.supervisor)],
	['the list of notices', () => listNotices(office.supervisor)],
	[
		'its next page',
		() => listNotices(office.supervisor, '2027-01-01T00:00:00.000Z~00000000-0000-4000-8000-000000000000')
	],
	// Last, because it ends what the others read.
	['the sweep of all notices by time', () => sweepStaffNotices()]
])('scans none of the big tables: %s', async (_, work) => {
	const big = ['cases', 'clocks', 'approvals', 'notices', 'timeline', 'mails', 'outgoing_messages'];
	expect(await scannedBy(work, big)).toEqual([]);
});
