import { eq, inArray } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { idOf, makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { beginVisit, closeVisit, correctVisit, recordVisit, createVisit } from './entries.ts';
import { guestBook, lastResponse, visitPage } from './guest-book.ts';
import { visitNumber } from './visits.ts';
import { visitToken } from './link.ts';

/** Makes an office with a handler, a supervisor, two officers and a desk. */
async function makeCounter() {
	const unit = await makeUnit();
	const [first, second] = [await makeOfficer(unit.id), await makeOfficer(unit.id)];
	return {
		unit,
		first,
		second,
		desk: await makePlace(unit.id, { kind: 'desk' }),
		handler: await makeActor([[unit.id, 'handler']]),
		supervisor: await makeActor([[unit.id, 'supervisor']])
	};
}
type Counter = Awaited<ReturnType<typeof makeCounter>>;

const entry = ({ unit }: Counter, more: Record<string, unknown> = {}) => ({
	unit: unit.slug,
	channel: 'walk_in',
	step: 'wait',
	submission_id: crypto.randomUUID(),
	...more
});
const note = (counter: Counter, more: Record<string, unknown> = {}) =>
	recordVisit(counter.handler, entry(counter, more), 'a device');
const stored = async (id: string) => (await db().select().from(visits).where(eq(visits.id, id)))[0];
const log = async (id: string) =>
	db()
		.select()
		.from(auditEntries)
		.where(eq(auditEntries.subject, visitNumber(id)))
		.orderBy(auditEntries.id);

test('the token is shown after the service ends, is the same each time, and is never stored', async () => {
	const counter = await makeCounter();
	const { handler, first, desk } = counter;
	const officer = first.id.toUpperCase();
	const { id } = await note(counter, { officer, place: desk.id, service: 'library', purpose: 'Data padi' });
	expect(await visitPage(handler, id)).toMatchObject({ state: 'waiting', token: null, officer: { id: first.id } });
	await expect(closeVisit(handler, id)).rejects.toMatchObject({ present: { reason: 'visit_waiting' } });
	await beginVisit(handler, id, {});
	expect(await visitPage(handler, id)).toMatchObject({ state: 'begun', token: null });
	await expect(beginVisit(handler, id, {})).rejects.toBeInstanceOf(Conflict);
	await closeVisit(handler, id);
	const page = await visitPage(handler, id);
	expect(page).toMatchObject({ state: 'closed', token: visitToken(id), desk: { id: desk.id } });
	expect(await visitPage(handler, id)).toEqual(page);
	expect(JSON.stringify(await stored(id))).not.toContain(visitToken(id));
	expect(await log(id)).toEqual([]);
});

test('the desk’s pages never show whether a link was used', async () => {
	const counter = await makeCounter();
	const { handler, first, unit } = counter;
	const { id } = await note(counter, { officer: first.id, step: 'close' });
	const seen = async () => [
		await visitPage(handler, id),
		await guestBook(handler, { unit: unit.slug }),
		await lastResponse(handler, unit)
	];
	const before = await seen();
	const opened = { openedByMaker: true, openedTooSoon: true };
	await db()
		.update(visits)
		.set({ usedOn: '2026-01-05', ...opened })
		.where(eq(visits.id, id));
	expect(await seen()).toEqual(before);
});

test('a service cannot begin without an officer or with an officer of another office', async () => {
	const counter = await makeCounter();
	const { handler } = counter;
	const stranger = await makeOfficer((await makeUnit()).id);
	await expect(note(counter, { step: 'begin' })).rejects.toMatchObject({
		issues: [{ path: 'officer', code: 'visit_officer' }]
	});
	await expect(note(counter, { officer: stranger.id })).rejects.toBeInstanceOf(Invalid);
	await expect(note(counter, { place: (await makePlace(counter.unit.id)).id })).rejects.toBeInstanceOf(Invalid);
	const { id } = await note(counter);
	await expect(beginVisit(handler, id, {})).rejects.toBeInstanceOf(Invalid);
	expect(await stored(id)).toMatchObject({ begunAt: null, officerId: null });
});

test('the log names both officers if another one begins the service than was recorded', async () => {
	const counter = await makeCounter();
	const { handler, first, second } = counter;
	const { id } = await note(counter, { officer: first.id });
	await beginVisit(handler, id, { officer: second.id });
	expect(await log(id)).toMatchObject([
		{ action: 'visit.officer_changed', before: { officer: first.name }, after: { officer: second.name } }
	]);
});

test('a correction keeps the entry, needs a reason and a difference, and is logged without the corrected text', async () => {
	const counter = await makeCounter();
	const { handler, first } = counter;
	const named = { officer: first.id, step: 'close', purpose: 'Ibu Sitti mencari data padi' };
	await expect(note(counter, named)).rejects.toMatchObject({ issues: [{ code: 'visit_purpose_personal' }] });
	const { id } = await note(counter, { ...named, purposeChecked: 'true' });
	const right = { service: 'library', channel: 'phone', officer: first.id, purpose: 'Data padi' };
	await expect(correctVisit(handler, id, right)).rejects.toMatchObject({ issues: [{ path: 'reason' }] });
	const same = { channel: 'walk_in', officer: first.id, purpose: ' Ibu Sitti mencari data padi ', reason: 'Tidak ada' };
	await expect(correctVisit(handler, id, same)).rejects.toMatchObject({ issues: [{ code: 'visit_unchanged' }] });
	expect(await log(id)).toEqual([]);
	await correctVisit(handler, id, { ...right, reason: 'Nama tamu tertulis' });
	expect(await stored(id)).toMatchObject({ service: 'library', channel: 'phone', purpose: 'Data padi' });
	const entries = await log(id);
	expect(entries).toMatchObject([
		{ action: 'visit.corrected', reason: 'Nama tamu tertulis', after: { service: 'library', channel: 'phone' } }
	]);
	expect(JSON.stringify(entries)).not.toContain('Sitti');
});

test('a correction is refused if a colleague changed the entry since its page was loaded', async () => {
	const counter = await makeCounter();
	const { handler, first, second } = counter;
	const { id } = await note(counter, { officer: first.id });
	const { seen } = await visitPage(handler, id);
	await beginVisit(handler, id, { officer: second.id });
	const correction = { channel: 'walk_in', officer: first.id, purpose: 'Data padi', reason: 'Belum tercatat' };
	await expect(correctVisit(handler, id, { ...correction, seen })).rejects.toMatchObject({ code: 'stale' });
	expect((await stored(id))?.officerId).toBe(second.id);
	const present = { ...correction, officer: second.id, seen: (await visitPage(handler, id)).seen };
	await correctVisit(handler, id, present);
	expect((await stored(id))?.purpose).toBe('Data padi');
});

test('the visit page says whether and why the reader may not change the officer', async () => {
	const counter = await makeCounter();
	const { handler, supervisor, unit, first, second } = counter;
	const offered = async (actor: Actor, id: string) => {
		const { officerFixed, notTo } = await visitPage(actor, id);
		return officerFixed ?? notTo;
	};
	const serving = await makeActor([[unit.id, 'handler']], first.id);
	const waiting = await note(counter, { officer: first.id });
	expect(await offered(serving, waiting.id)).toBeNull();
	const begun = await note(counter, { officer: first.id, step: 'begin' });
	expect(await offered(handler, begun.id)).toBeNull();
	expect(await offered(serving, begun.id)).toBe('visit_serving');
	const closed = await note(counter, { officer: first.id, step: 'close' });
	expect(await offered(handler, closed.id)).toBe('visit_supervisor');
	expect(await offered(supervisor, closed.id)).toBeNull();
	const head = await makeActor([[unit.id, 'supervisor']], second.id);
	expect(await offered(head, closed.id)).toBe(second.id);
	const own = await note(counter, { officer: second.id, step: 'close' });
	expect(await offered(head, own.id)).toBe('visit_own');
});

test('the officer of a finished visit can be changed only by a supervisor who is neither of the two officers', async () => {
	const counter = await makeCounter();
	const { handler, supervisor, unit, first, second } = counter;
	const { id } = await note(counter, { officer: first.id, step: 'close' });
	const change = { channel: 'walk_in', officer: second.id, reason: 'Salah pilih petugas' };
	await expect(correctVisit(handler, id, change)).rejects.toMatchObject({ code: 'visit_supervisor' });
	const own = await makeActor([[unit.id, 'supervisor']], second.id);
	await expect(correctVisit(own, id, change)).rejects.toMatchObject({ code: 'visit_own' });
	const moved = await makeActor([[unit.id, 'supervisor']], (await makeOfficer(unit.id)).id);
	await db()
		.update(officers)
		.set({ active: false, accountId: idOf(moved) })
		.where(eq(officers.id, first.id));
	await expect(correctVisit(moved, id, change)).rejects.toMatchObject({ code: 'visit_own' });
	await expect(correctVisit(supervisor, id, { ...change, officer: undefined })).rejects.toBeInstanceOf(Invalid);
	expect((await stored(id))?.officerId).toBe(first.id);
	await correctVisit(supervisor, id, change);
	expect((await stored(id))?.officerId).toBe(second.id);
});

test('the serving officer cannot reassign the visitor; a supervisor can add a missing officer', async () => {
	const counter = await makeCounter();
	const { unit, first, second, handler, supervisor } = counter;
	const { id } = await note(counter, { officer: first.id, step: 'begin' });
	const change = { channel: 'walk_in', officer: second.id, reason: 'Salah pilih petugas' };
	const serving = await makeActor([[unit.id, 'handler']], first.id);
	await expect(correctVisit(serving, id, change)).rejects.toMatchObject({ code: 'visit_serving' });
	await correctVisit(handler, id, change);
	expect((await stored(id))?.officerId).toBe(second.id);
	const system = await createVisit({ unit: unit.code, channel: 'web' }, { accountId: null, within: [unit.id] });
	await correctVisit(supervisor, system.id, { channel: 'web', officer: first.id, reason: 'Belum tercatat' });
	expect((await stored(system.id))?.officerId).toBe(first.id);
});

test('an invalid cursor starts the list from the first page', async () => {
	const counter = await makeCounter();
	await note(counter);
	const unit = counter.unit.slug;
	for (const cursor of ['2026-11-25T00:00:00Z~x', '0~x', `-271821-04-20T00:00:00.000Z~${crypto.randomUUID()}`]) {
		expect((await guestBook(counter.handler, { unit }, cursor)).lines).toHaveLength(1);
	}
});

test('only handlers and supervisors of the office use its guest book', async () => {
	const counter = await makeCounter();
	const { id } = await note(counter);
	const foreign = await makeActor([[(await makeUnit()).id, 'handler', 'supervisor']]);
	const manager = await makeActor([[counter.unit.id, 'manager', 'admin']]);
	for (const actor of [foreign, manager]) {
		await expect(recordVisit(actor, entry(counter), null)).rejects.toBeInstanceOf(NotFound);
		await expect(guestBook(actor, { unit: counter.unit.slug })).rejects.toBeInstanceOf(NotFound);
		await expect(visitPage(actor, id)).rejects.toBeInstanceOf(NotFound);
		await expect(beginVisit(actor, id, { officer: counter.first.id })).rejects.toBeInstanceOf(NotFound);
		await expect(closeVisit(actor, id)).rejects.toBeInstanceOf(NotFound);
		await expect(correctVisit(actor, id, { channel: 'phone', reason: 'Salah catat' })).rejects.toBeInstanceOf(NotFound);
	}
});

test('the same form sent twice is one visit; its id cannot be reused by another account or for another visitor', async () => {
	const counter = await makeCounter();
	const form = entry(counter);
	const twice = await Promise.all([1, 2].map(() => recordVisit(counter.handler, form, null)));
	expect(twice[0]).toEqual(twice[1]);
	expect((await guestBook(counter.handler, { unit: counter.unit.slug })).counts.all).toBe(1);
	await expect(recordVisit(counter.supervisor, form, null)).rejects.toMatchObject({ code: 'submission-reused' });
	// After begin and correction, the same form is still recognised.
	const { id } = twice[0] ?? { id: '' };
	await beginVisit(counter.handler, id, { officer: counter.first.id });
	await correctVisit(counter.handler, id, { channel: 'sms', officer: counter.first.id, reason: 'Salah kanal' });
	expect(await recordVisit(counter.handler, form, null)).toEqual({ id });
	for (const other of [{ purpose: 'Tamu kedua' }, { channel: 'phone' }, { officer: counter.first.id, step: 'close' }]) {
		const second = recordVisit(counter.handler, { ...form, ...other }, null);
		await expect(second).rejects.toMatchObject({ code: 'submission-reused' });
	}
	expect((await guestBook(counter.handler, { unit: counter.unit.slug })).counts).toMatchObject({ all: 1, begun: 1 });
});

test('lists a day page by page and by state; today’s page also lists unfinished visits of earlier days', async () => {
	const counter = await makeCounter();
	const { handler, unit, first } = counter;
	const unfinished = await atTime('2026-03-02T02:00:00Z', () => note(counter, { officer: first.id, step: 'begin' }));
	// 23:30 UTC on 3 March is 4 March in Makassar.
	for (let minute = 0; minute < 55; minute++) {
		const moment = new Date(Date.parse('2026-03-03T23:30:00Z') + minute * 60_000).toISOString();
		await atTime(moment, () => note(counter, { officer: first.id, step: minute % 5 === 0 ? 'wait' : 'close' }));
	}
	await atTime('2026-03-04T04:00:00Z', async () => {
		const book = await guestBook(handler, { unit: unit.slug });
		expect(book).toMatchObject({ day: '2026-03-04', earlier: '2026-03-02', later: null });
		expect(book.counts).toEqual({ all: 55, waiting: 11, begun: 0, closed: 44 });
		expect(book.leftOpen.map(({ id }) => id)).toEqual([unfinished.id]);
		const rest = await guestBook(handler, { unit: unit.slug }, book.nextCursor ?? undefined);
		expect(rest.nextCursor).toBeNull();
		const all = [...book.lines, ...rest.lines];
		expect(new Set(all.map(({ id }) => id)).size).toBe(55);
		expect(all.map(({ createdAt }) => createdAt.getTime())).toEqual(
			all.map(({ createdAt }) => createdAt.getTime()).sort((a, b) => b - a)
		);
		const waiting = await guestBook(handler, { unit: unit.slug, state: 'waiting' });
		expect(waiting.lines).toHaveLength(11);
		const earlier = await guestBook(handler, { unit: unit.slug, day: '2026-03-02' });
		expect(earlier).toMatchObject({ later: '2026-03-04', leftOpen: [], counts: { begun: 1 } });
	});
});

test('shows the response rate of the last month whose links have expired, from five visits on three days', async () => {
	const counter = await makeCounter();
	const { handler, unit, first, second } = counter;
	const ids: string[] = [];
	for (const day of ['02', '02', '03', '03', '04']) {
		const { id } = await atTime(`2026-03-${day}T02:00:00Z`, () => note(counter, { officer: first.id, step: 'close' }));
		ids.push(id);
	}
	await db()
		.update(visits)
		.set({ usedOn: '2026-03-05' })
		.where(eq(visits.id, ids[0] ?? ''));
	// Links of 31 March are valid until 14 April.
	expect(await atTime('2026-04-15T02:00:00Z', () => lastResponse(handler, unit))).toBeNull();
	expect(await atTime('2026-04-16T02:00:00Z', () => lastResponse(handler, unit))).toEqual({
		month: '2026-03-01',
		visits: 5,
		answered: 1,
		rate: 0.2
	});
	expect(await atTime('2026-05-20T02:00:00Z', () => lastResponse(handler, unit))).toBeNull();
	// The officer's own visits do not count for this officer, so too few are left.
	const own = { ...handler, officerId: first.id };
	expect(await atTime('2026-04-16T02:00:00Z', () => lastResponse(own, unit))).toBeNull();
	// Nor do those of the officer's former record, after a move to another office.
	await db()
		.update(officers)
		.set({ accountId: handler.accountId, active: false })
		.where(inArray(officers.id, [first.id, second.id]));
	const movedAway = { ...handler, officerId: second.id };
	expect(await atTime('2026-04-16T02:00:00Z', () => lastResponse(movedAway, unit))).toBeNull();
});
