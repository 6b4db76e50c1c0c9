import { eq, sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { withMail } from '#lib/dev/testing/access.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';
import { progressOf } from '#lib/server/db/job-progress.ts';
import { referenceChangeCount, db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { logFindings } from '#lib/server/health/work.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { compareHead, dayHeads, headLine } from '#lib/server/people/audit-heads.ts';
import { sendLogHeads } from './log-heads.ts';

let supervisor: Actor;
const record = (moment: string, action: 'unit.changed' | 'backup.restored' = 'unit.changed') =>
	atTime(moment, () => transaction((tx) => recordChange(tx, null, { action, subject: 'x' })));
const headMails = () =>
	db()
		.select({ to: accounts.name, body: mails.body })
		.from(mails)
		.innerJoin(accounts, eq(accounts.id, mails.accountId))
		.where(eq(mails.kind, 'log_head'));

beforeAll(async () => {
	withMail();
	const province = await makeUnit();
	const regency = await makeUnit({ parent: province });
	supervisor = await makeActor([[province.id, 'supervisor']]);
	await makeActor([[province.id, 'admin']]);
	await makeActor([[regency.id, 'supervisor']]);
	await makeActor([[province.id, 'handler']]);
	await db()
		.update(accounts)
		.set({ email: sql`${accounts.username} || '@contoh.example'` });
	// 16:30 UTC on 1 March is 2 March in Makassar.
	for (const moment of ['2026-03-01T02:00:00Z', '2026-03-01T16:30:00Z', '2026-03-02T02:00:00Z']) await record(moment);
});

test('a day on which nobody has an address does not count as sent, and the health of the site says so', async () => {
	const addresses = await db().select({ id: accounts.id, email: accounts.email }).from(accounts);
	await db().update(accounts).set({ email: null });
	await atTime('2026-03-02T01:00:00Z', sendLogHeads);
	expect(await logFindings()).toMatchObject([{ condition: 'watch', code: 'log_unsent' }]);
	for (const { id, email } of addresses) await db().update(accounts).set({ email }).where(eq(accounts.id, id));
	expect(await headMails()).toEqual([]);
	expect(await logFindings()).toEqual([]);
	expect((await progressOf(db(), ['log_head'])).size).toBe(0);
});

test('sends the heads of all days since the last e-mail, once, to the supervisors above and the administrators of the root', async () => {
	await atTime('2026-03-02T20:00:00Z', sendLogHeads);
	expect(await headMails()).toEqual([]);
	const changes = referenceChangeCount();
	await atTime('2026-03-03T01:00:00Z', sendLogHeads);
	await atTime('2026-03-03T02:00:00Z', sendLogHeads);
	expect(referenceChangeCount(), 'the reference data loads again').toBe(changes);
	const sent = await headMails();
	expect(sent).toHaveLength(2);
	expect(sent.map(({ to }) => to)).toContain(supervisor.name);
	expect(sent[0]?.body).toMatch(/2026-03-02 · 3 · 2 · (?:[0-9a-f]{4} ?){8}\n2026-03-01 · 1 · 1 · /);
});

test('a received head matches until the log was changed, and a restore is named as a reason', async () => {
	await atTime('2026-03-03T03:00:00Z', async () => {
		const [head] = await dayHeads();
		const line = head ? headLine(head) : '';
		expect(await compareHead(supervisor, `> ${line}`)).toMatchObject({ result: 'same' });
		await expect(compareHead(supervisor, 'apa saja')).rejects.toThrow('head_invalid');
		const outsider = await makeActor([]);
		await expect(compareHead(outsider, line)).rejects.toThrow('log_verifier');
		const other = line.replace(/.{4}$/, (group) => (group === '0000' ? '1111' : '0000'));
		expect(await compareHead(supervisor, other)).toMatchObject({ result: 'different', restored: null });
		await record('2026-03-03T04:00:00Z', 'backup.restored');
		const hash = 'abcd 1234 0000 0000 0000 0000 0000 9876';
		const lines = `2026-03-02 · 77 · 2 · ${hash}\n${line}`;
		expect(await compareHead(supervisor, lines)).toMatchObject({ result: 'missing', head: { hash } });
		const missing = await compareHead(supervisor, line.replace('· 3 ·', '· 99 ·'));
		expect(missing).toMatchObject({ result: 'missing', restored: { number: 4 } });
		await withoutTriggers((tx) => tx.execute(sql`update audit_entries set subject = 'y' where id = 2`));
		const broken = { result: 'broken', first: { kind: 'changed', number: 2 } };
		expect(await compareHead(supervisor, line)).toMatchObject(broken);
	});
});
