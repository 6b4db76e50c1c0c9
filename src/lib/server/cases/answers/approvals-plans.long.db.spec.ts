import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { ANSWER, caseIn, makeOffice, readCase, type Office, act } from '#lib/dev/testing/office.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';
import { answerCase } from './answer.ts';
import { draftsToDecide, singleSignatures, waitingDrafts } from './approval-lists.ts';

let office: Office;
beforeAll(async () => {
	office = await makeOffice();
	const { reference } = await caseIn(office, 'in_progress');
	const { id } = await readCase(reference);
	await copyCases(id, 20_000);
	await act(answerCase, office.handler, reference, { body: ANSWER });
	// Of 20,000 drafts, 1 % are waiting and 1 % were published with a single signature.
	await withoutTriggers((tx) =>
		tx.execute(sql`
			insert into approvals
			select copy.* from cases c, approvals a, jsonb_populate_record(null::approvals, to_jsonb(a)
				|| jsonb_build_object('id', gen_random_uuid(), 'case_id', c.id, 'at', a.at + c.id * interval '1 second',
					'state', case c.id % 100 when 0 then 'pending' else 'approved' end,
					'single_signature', c.id % 100 = 1)) copy
			where a.case_id = ${id} and c.id <> ${id}`)
	);
	await db().execute(sql`analyze cases`);
	await db().execute(sql`analyze approvals`);
});

test.each([
	['drafts to decide', () => draftsToDecide(office.supervisor)],
	['waiting drafts', () => waitingDrafts(office.handler)],
	['single signatures', () => singleSignatures(office.supervisor)]
])('a list of drafts scans neither all cases nor all drafts: %s', async (_, page) => {
	const work = async () => {
		const first = await page();
		expect(first.items).toHaveLength(20);
		expect(first.nextCursor).not.toBeNull();
	};
	expect(await scannedBy(work, ['cases', 'approvals'])).toEqual([]);
});
