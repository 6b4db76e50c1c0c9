import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import type { Actor } from './actor.ts';
import { logFilterSchema, logPages, readLog } from './audit-log.ts';
import { recordChange, type Change } from './audit.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { readsOf } from '#lib/dev/testing/plans.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';

const ZONE = 'Asia/Makassar';
let rootAdmin: Actor;
let admin: Actor;
let regencyId: string;

const write = (moment: string, change: Change, actor: Actor = rootAdmin) =>
	atTime(moment, () => transaction((tx) => recordChange(tx, actor, change)));

beforeAll(async () => {
	const province = await makeUnit();
	const regency = await makeUnit({ parent: province });
	regencyId = regency.id;
	rootAdmin = await makeActor([[province.id, 'admin']]);
	admin = await makeActor([[regency.id, 'admin']]);
	await write('2026-03-01T15:00:00Z', { unitId: regency.id, action: 'place.created', subject: 'BCDFGH' }, admin);
	await write('2026-03-01T16:30:00Z', { unitId: province.id, action: 'role.granted', subject: 'siti' });
	await write('2026-03-02T08:00:00Z', { action: 'calendar.day_set', subject: '2026-12-31', after: { kind: 'joint' } });
	const formula = {
		unitId: regency.id,
		action: 'unit.changed' as const,
		subject: '=HYPERLINK("x")',
		reason: 'dua\nbaris'
	};
	await write('2026-03-03T08:00:00Z', formula);
});

const read = async (actor: Actor, filter: Record<string, string> = {}) =>
	(await readLog(actor, logFilterSchema.parse(filter), ZONE)).map((entry) => entry.action);

test('lists newest first; administrators read entries of their units, root administrators also those of no unit', async () => {
	expect(await read(rootAdmin)).toEqual(['unit.changed', 'calendar.day_set', 'role.granted', 'place.created']);
	expect(await read(admin)).toEqual(['unit.changed', 'place.created']);
});

test('filters by area, unit, person and dates in the time zone; ignores invalid filters', async () => {
	expect(await read(rootAdmin, { area: 'role' })).toEqual(['role.granted']);
	expect(await read(rootAdmin, { unit: regencyId })).toEqual(['unit.changed', 'place.created']);
	expect(await read(rootAdmin, { actor: admin.accountId ?? '' })).toEqual(['place.created']);
	// 16:30 UTC on 1 March is 2 March in Makassar.
	expect(await read(rootAdmin, { from: '2026-03-02', to: '2026-03-02' })).toEqual(['calendar.day_set', 'role.granted']);
	expect(await read(rootAdmin, { area: 'x', unit: 'y', from: 'z' })).toHaveLength(4);
});

test('consecutive pages contain each entry once', async () => {
	const first = await readLog(rootAdmin, {}, ZONE, undefined, 3);
	const rest = await readLog(rootAdmin, { before: first.at(-1)?.id }, ZONE, undefined, 3);
	const all = await readLog(rootAdmin, {}, ZONE);
	expect([...first, ...rest]).toEqual(all);
	const whole = [];
	for await (const page of logPages(rootAdmin, {}, ZONE)) whole.push(...page);
	expect(whole).toEqual(all);
});

// The embedded database plans the same way but offers fewer ways to inspect plans.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'the entries of one person are found without reading those of others',
	async () => {
		await withoutTriggers((tx) =>
			tx.execute(sql`insert into audit_entries select copy.* from audit_entries e, generate_series(1, 20000) n,
				jsonb_populate_record(e, jsonb_build_object('id', 1000 + n, 'actor_id', gen_random_uuid())) copy where e.id = 1`)
		);
		await db().execute(sql`analyze ${auditEntries}`);
		const filter = logFilterSchema.parse({ actor: admin.accountId });
		for (const { rows } of await readsOf('audit_entries', () => readLog(rootAdmin, filter, ZONE)))
			expect(rows).toBeLessThan(50);
	}
);
