import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { dayOff, isProvisional } from '#lib/calendar/working-calendar.ts';
import { applyCalendarChange } from './change-days-off.ts';
import { loadAllRules, loadCalendar, loadRules } from './load.ts';
import { changeRule, rulesNow } from './change-rules.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { peopleToAsk } from '#lib/server/people/administration.ts';
import { idOf, makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { codesOf } from '#lib/dev/testing/outcomes.ts';

let rootAdmin: Actor;
let admin: Actor;

beforeAll(async () => {
	const province = await makeUnit();
	const regency = await makeUnit({ parent: province });
	rootAdmin = await makeActor([[province.id, 'admin']]);
	admin = await makeActor([[regency.id, 'admin']]);
});

const change = (raw: unknown, actor = rootAdmin) => transaction((tx) => applyCalendarChange(tx, actor, raw));
const lastEntry = async () => (await db().select().from(auditEntries).orderBy(auditEntries.id)).at(-1);

test('a day is added with its decree, changed, and removed with a reason', async () => {
	const day = { type: 'day_set', day: '2026-12-31', kind: 'joint', name: 'Cuti tambahan', decree: 'SKB 9/2026' };
	await change(day);
	const calendar = await loadCalendar();
	expect(dayOff('2026-12-31', calendar)).toEqual({ why: 'joint_leave', name: 'Cuti tambahan' });
	expect(calendar.years[2026]?.decree).toContain('; SKB 9/2026');
	const other = { ...day, kind: 'national', name: 'Hari baru' };
	expect(await codesOf(change(other))).toEqual(['admin_day_taken']);
	await change(day);
	expect(await loadCalendar()).toEqual(calendar);
	await change({ ...other, replace: 'on' });
	const named = { before: { kind: 'joint', name: 'Cuti tambahan' }, after: { kind: 'national', name: 'Hari baru' } };
	expect(await lastEntry()).toMatchObject({ action: 'calendar.day_set', ...named });
	expect(Object.keys((await lastEntry())?.before ?? {})).toEqual(['kind', 'name']);
	expect((await loadCalendar()).years[2026]).toEqual(calendar.years[2026]);
	expect(await codesOf(change({ type: 'day_removed', day: '2026-12-31', reason: '' }))).toEqual(['admin_reason']);
	await change({ type: 'day_removed', day: '2026-12-31', reason: 'Dicabut dengan SKB 10/2026' });
	expect(dayOff('2026-12-31', await loadCalendar())).toBeNull();
	expect(await lastEntry()).toMatchObject({
		action: 'calendar.day_removed',
		subject: '2026-12-31',
		reason: 'Dicabut dengan SKB 10/2026',
		actorId: rootAdmin.accountId
	});
	await expect(change({ type: 'day_removed', day: '2026-12-31', reason: 'sekali lagi' })).rejects.toThrow(NotFound);
});

test('an office’s administrator reads whom to ask for a change, with their addresses', async () => {
	await db()
		.update(accounts)
		.set({ email: 'admin@contoh.invalid' })
		.where(eq(accounts.id, idOf(rootAdmin)));
	expect(await peopleToAsk(admin)).toEqual([{ name: rootAdmin.name, email: 'admin@contoh.invalid' }]);
	expect(await peopleToAsk(rootAdmin)).toEqual([]);
});

test('a day can be set only in a year whose decree is loaded', async () => {
	const early = { type: 'day_set', day: '2028-01-01', kind: 'national', name: 'Tahun Baru' };
	expect(await codesOf(change(early))).toEqual(['admin_year_not_loaded']);
	const csv = 'date,kind,name\n2028-01-01,national,Tahun Baru\n2028-01-26,national,Imlek\n';
	expect(isProvisional('2028-03-01', await loadCalendar())).toBe(true);
	await change({ type: 'year_loaded', year: '2028', decree: 'SKB 1/2027', csv });
	const calendar = await loadCalendar();
	expect(isProvisional('2028-03-01', calendar)).toBe(false);
	expect(dayOff('2028-01-26', calendar)?.name).toBe('Imlek');
});

test('loading a year again replaces its days, fewer ones only if confirmed, and an invalid table changes nothing', async () => {
	const load = (csv: string, fewer?: string) =>
		change({ type: 'year_loaded', year: 2029, decree: 'SKB 2/2028', csv, fewer });
	await load('date,kind,name\n2029-01-01,national,Tahun Baru\n2029-05-01,national,Buruh\n');
	expect(await lastEntry()).toMatchObject({ action: 'calendar.year_loaded', before: null });
	const oneDay = 'date,kind,name\n2029-01-01,national,Tahun Baru Masehi\n';
	expect(await codesOf(load(oneDay))).toEqual(['admin_days_fewer']);
	await load(oneDay, 'on');
	expect(await lastEntry()).toMatchObject({
		before: { decree: 'SKB 2/2028', days: [{ name: 'Tahun Baru' }, { name: 'Buruh' }] },
		after: { days: [{ name: 'Tahun Baru Masehi' }] }
	});
	const calendar = await loadCalendar();
	expect(dayOff('2029-01-01', calendar)?.name).toBe('Tahun Baru Masehi');
	expect(dayOff('2029-05-01', calendar)).toBeNull();
	expect(await codesOf(load('date,kind,name\n2030-01-01,national,Tahun lain\n'))).toEqual(['admin_day_of_other_year']);
	expect(await codesOf(load('date,kind,name\n'))).toEqual(['admin_csv_empty']);
	expect(await loadCalendar()).toEqual(calendar);
});

test('only a root administrator changes the calendar and the rules', async () => {
	const day = { type: 'day_set', day: '2026-12-30', kind: 'joint', name: 'Cuti' };
	await expect(change(day, admin)).rejects.toThrow(NotAllowed);
	const [rule] = await rulesNow();
	const shorter = { days: 1, dayUnit: 'working', basis: 'Keputusan kepala' };
	await expect(changeRule(admin, rule?.key ?? '', shorter)).rejects.toThrow(NotAllowed);
});

test('a changed rule applies from now on and does not change earlier deadlines', async () => {
	const before = new Date('2026-06-01T00:00:00Z');
	const after = new Date('2026-06-02T00:00:00Z');
	const key = 'first_reply.any.any.any';
	await atTime('2026-06-01T12:00:00Z', () =>
		changeRule(rootAdmin, key, { days: '3', dayUnit: 'working', basis: 'Keputusan kepala 5/2026' })
	);
	const daysAt = async (at: Date) => (await loadRules(at)).find((rule) => rule.name === 'first_reply')?.days;
	expect(await daysAt(before)).toBe(5);
	expect(await daysAt(after)).toBe(3);
	const shown = (await rulesNow()).find((rule) => rule.key === key);
	expect(shown).toMatchObject({ days: 3, since: new Date('2026-06-01T12:00:00Z') });
	expect(await rulesNow()).toHaveLength((await loadAllRules(before)).length);
	expect(await lastEntry()).toMatchObject({ action: 'rule.changed', before: { days: 5 }, after: { days: 3 } });
	const { length: entries } = await db().select().from(auditEntries);
	await changeRule(rootAdmin, key, { days: 3, dayUnit: 'working', basis: 'Keputusan kepala 5/2026' });
	expect(await db().select().from(auditEntries)).toHaveLength(entries);
	await expect(
		changeRule(rootAdmin, 'no.any.any.any', { days: 3, dayUnit: 'working', basis: 'Apa saja' })
	).rejects.toThrow(NotFound);
	const half = { days: '2.5', dayUnit: 'working', basis: 'Apa saja' };
	expect(await codesOf(changeRule(rootAdmin, key, half))).toEqual(['admin_days']);
	// UU 27/2022 gives 72 hours.
	const long = { days: 73, dayUnit: 'hours', basis: 'Apa saja' };
	expect(await codesOf(changeRule(rootAdmin, 'breach.any.any.any', long))).toEqual(['admin_hours']);
	await changeRule(rootAdmin, 'breach.any.any.any', { ...long, days: 48 });
});

test('a day adds its decree to the year also if another decree’s number ends with the same digits', async () => {
	const day = { type: 'day_set', day: '2026-12-30', kind: 'joint', name: 'Cuti tambahan' };
	for (const decree of ['15/2026', '5/2026', '5/2026']) await change({ ...day, decree });
	expect((await loadCalendar()).years[2026]?.decree).toMatch(/; 15\/2026; 5\/2026$/);
});
