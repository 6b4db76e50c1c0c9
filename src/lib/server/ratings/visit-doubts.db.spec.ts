import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { now, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { systemActor, type Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { onDay, ratingInputOf } from '#lib/dev/testing/figures/rating-history.ts';
import { recordVisit, createVisit } from '#lib/server/visits/entries.ts';
import { openVisit, type LinkOpener, visitToken } from '#lib/server/visits/link.ts';
import { officerFigures, unitFigures } from './figures/detail.ts';
import { unitsSideBySide } from './figures/summary.ts';
import { markBusyDays } from './compute-signals.ts';
import { submitRating, type RatingContext } from './submit.ts';

const DESK = 'the device of the desk';
const PHONE = 'the phone of the visitor';

async function makeVisit() {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const handler = await makeActor([[unit.id, 'handler']]);
	const visit = { unit: unit.slug, channel: 'walk_in', officer: officer.id };
	const { id } = await recordVisit(handler, { ...visit, step: 'close', submission_id: crypto.randomUUID() }, DESK);
	return { unit, officer, handler, id, token: visitToken(id) };
}
type Made = Awaited<ReturnType<typeof makeVisit>>;

const later = <T>(seconds: number, work: () => Promise<T>) => {
	const moment = new Date(now().getTime() + seconds * 1000);
	return withClock(() => moment, work);
};
const by = (device: string, actor: Actor | null = null): LinkOpener => ({ device, actor });
const sender = (device: string, actor: Actor | null = null) => ({ device, actor, addresses: [] });

async function rate({ unit, token }: Pick<Made, 'unit' | 'token'>, context: Partial<RatingContext>) {
	const rating = ratingInputOf(unit, { score: 4 });
	const { id, verified } = await submitRating(rating, { source: 'web', visitToken: token, ...context });
	const [row] = await db().select().from(ratings).where(eq(ratings.id, id));
	return { verified, signals: row?.signals, source: row?.source, state: row?.state, officer: row?.officerId };
}
/** Records a visit at an office, without a device of the office. */
const note = (unit: { id: string; code: string }, visit: object = {}, accountId: string | null = null) =>
	createVisit({ unit: unit.code, channel: 'walk_in', ...visit }, { accountId, within: [unit.id] });
const used = async ({ id }: Made) => (await db().select().from(visits).where(eq(visits.id, id)))[0]?.usedOn !== null;

test('a rating from the visitor’s phone is verified from twenty seconds after the end of the visit', async () => {
	const visit = await makeVisit();
	expect(await openVisit(visit.token, by(PHONE))).toMatchObject({ state: 'open', fromOffice: false });
	expect(await later(20.1, () => rate(visit, { sender: sender(PHONE) }))).toMatchObject({
		verified: true,
		source: 'visit',
		state: 'counted',
		officer: visit.officer.id,
		signals: expect.not.arrayContaining(['made_here', 'too_soon'])
	});
	expect(await used(visit)).toBe(true);
});

test('a rating sooner than twenty seconds after the visit counts, gets `too_soon` and is not verified', async () => {
	const visit = await makeVisit();
	expect(await later(19, () => rate(visit, { sender: sender(PHONE) }))).toMatchObject({
		verified: false,
		source: 'visit',
		state: 'counted',
		signals: ['too_soon']
	});
	expect(await used(visit)).toBe(true);
});

test('a rating is not verified if the link was opened too soon, however late the rating is sent', async () => {
	const visit = await makeVisit();
	const opens = { ...by(PHONE), navigates: true };
	expect(await later(19, () => openVisit(visit.token, opens))).toMatchObject({ state: 'open', fromOffice: false });
	// Opening the link again later does not remove the signal.
	await later(600, () => openVisit(visit.token, opens));
	expect(await later(660, () => rate(visit, { sender: sender(PHONE) }))).toMatchObject({
		verified: false,
		source: 'visit',
		state: 'counted',
		signals: ['too_soon']
	});
	expect(await used(visit)).toBe(true);
});

test('a rating is verified if the link was opened after twenty seconds; requests that are not page visits are ignored', async () => {
	const visit = await makeVisit();
	// A form post or a link preview.
	await openVisit(visit.token, by(PHONE));
	await later(20.1, () => openVisit(visit.token, { ...by(PHONE), navigates: true }));
	expect(await later(60, () => rate(visit, { sender: sender(PHONE) }))).toMatchObject({ verified: true, signals: [] });
});

test('a visit recorded at the start of the service may be rated as soon as it ends', async () => {
	const visit = await makeVisit();
	await db()
		.update(visits)
		.set({ createdAt: new Date(now().getTime() - 600_000) })
		.where(eq(visits.id, visit.id));
	await later(3, () => openVisit(visit.token, { ...by(PHONE), navigates: true }));
	expect(await later(25, () => rate(visit, { sender: sender(PHONE) }))).toMatchObject({ verified: true, signals: [] });
});

test('a visit that another system recorded may be rated at once', async () => {
	const unit = await makeUnit();
	const visit = { unit, ...(await note(unit)) };
	await openVisit(visit.token, { ...by(PHONE), navigates: true });
	expect(await rate(visit, { sender: sender(PHONE) })).toMatchObject({
		verified: true,
		source: 'visit',
		state: 'counted',
		signals: expect.not.arrayContaining(['too_soon'])
	});
});

test('an early opening of the link does not matter for ratings that another system sends', async () => {
	const visit = await makeVisit();
	await openVisit(visit.token, { ...by(PHONE), navigates: true });
	const tokenOf = await systemActor([]);
	expect(await rate(visit, { source: 'api', tokenOf })).toMatchObject({ verified: true, signals: [] });
});

test('a rating from the desk’s device is stored, gets `made_here`, is not verified and leaves the token unused', async () => {
	const visit = await makeVisit();
	const rating = await later(60, () => rate(visit, { sender: sender(DESK) }));
	expect(rating).toMatchObject({ verified: false, source: 'web', signals: ['made_here'], officer: visit.officer.id });
	expect(await used(visit)).toBe(false);
	// The office opened the link, so from now on the rater is no longer certain.
	await openVisit(visit.token, by(DESK));
	const own = await later(60, () => rate(visit, { sender: sender(PHONE) }));
	expect(own).toMatchObject({ verified: false, source: 'visit', signals: ['made_here'] });
	expect(await used(visit)).toBe(true);
});

test('the office never learns that a link was used, neither from a page nor from the log', async () => {
	const visit = await makeVisit();
	const log = () => db().select().from(auditEntries);
	const logged = await log();
	const colleague = await makeActor([[visit.unit.id, 'manager']]);
	const officer = await makeActor([], visit.officer.id);
	const office = [by(DESK), by(PHONE, visit.handler), by(PHONE, colleague), by(PHONE, officer)];
	const seen = () => Promise.all(office.map((opener) => openVisit(visit.token, opener)));
	const before = await seen();
	expect(before).toEqual(office.map(() => expect.objectContaining({ state: 'open', fromOffice: true })));
	await later(60, () => rate(visit, { sender: sender(PHONE) }));
	expect(await openVisit(visit.token, by(PHONE))).toMatchObject({ state: 'used' });
	expect(await seen()).toEqual(before);
	// Trying does not reveal it either: the rating is accepted like one from the open form.
	const tried = await later(60, () => rate(visit, { sender: sender(DESK) }));
	expect(tried).toMatchObject({ verified: false, source: 'web' });
	expect(await log()).toEqual(logged);
	const elsewhere = await makeActor([[(await makeUnit()).id, 'handler']]);
	expect(await openVisit(visit.token, by(PHONE, elsewhere))).toMatchObject({ state: 'used', fromOffice: false });
});

test('the response rate shows no single visitor, neither by two periods that differ by a day nor before the month is over', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const manager = await makeActor([[unit.id, 'manager']]);
	const days = ['2026-10-05', '2026-10-06', '2026-10-07', '2026-10-08', '2026-10-09', '2026-11-23', '2026-11-24'];
	for (const day of days) {
		const made = await onDay(day, () => note(unit, { officer: officer.id }, null));
		await db().update(visits).set({ usedOn: day }).where(eq(visits.id, made.id));
	}
	const rates = async (today: string, from: string, to: string) => {
		const { visits, answered } = await onDay(today, () => officerFigures(manager, officer.id, { from, to }));
		return [visits, answered];
	};
	const whole = [5, 5];
	for (const to of ['2026-11-22', '2026-11-23', '2026-11-24'])
		expect(await rates('2026-11-24', '2026-10-01', to)).toEqual(whole);
	expect(await rates('2026-11-24', '2026-10-06', '2026-11-24')).toEqual([0, 0]);
	// Too few visits, of a month that is over.
	expect(await rates('2026-12-01', '2026-11-01', '2026-11-30')).toEqual([0, 0]);
	expect(await rates('2026-12-01', '2026-10-01', '2026-12-01')).toEqual([7, 7]);
});

test('a total counts the visits of every office, and the row of an office with few visits shows none', async () => {
	const province = await makeUnit();
	const small = [await makeUnit({ parent: province }), await makeUnit({ parent: province })];
	const manager = await makeActor([[province.id, 'manager']]);
	for (const unit of small)
		for (const day of ['2026-10-05', '2026-10-06', '2026-10-07']) await onDay(day, () => note(unit));
	const query = { from: '2026-10-01', to: '2026-10-31' };
	const { together, units } = await onDay('2026-12-01', () =>
		unitsSideBySide(manager, { unit: province.code, ...query })
	);
	expect(together).toMatchObject({ visits: 6, visitDays: 3, answered: 0 });
	const none = { visits: 0, visitDays: 0, answered: 0 };
	expect(units).toMatchObject([none, none, none]);
	for (const { code } of small)
		expect((await onDay('2026-12-01', () => unitFigures(manager, { unit: code, ...query }))).now).toMatchObject(none);
});

test('a rating submitted by API is verified, except by an officer’s own token', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const maker = await makeActor([[unit.id, 'handler']]);
	const rateFor = async (actor: Actor) => {
		const { token } = await note(unit, { officer: officer.id }, maker.accountId);
		const tokenOf: Actor = { ...actor, scopes: ['ratings:write'] };
		return submitRating(ratingInputOf(unit, { visit_token: token }), { source: 'api', tokenOf });
	};
	expect(await rateFor(maker)).toMatchObject({ verified: true });
	expect(await rateFor(await makeActor([[unit.id, 'handler']], officer.id))).toMatchObject({ verified: false });
	expect(await rateFor(await makeActor([[unit.id, 'handler']]))).toMatchObject({ verified: true });
	expect(await rateFor(await systemActor([]))).toMatchObject({ verified: true });
});

test('a rating is never dated before its visit, whatever another system sends', async () => {
	const unit = await makeUnit();
	const { token } = await note(unit, { channel: 'web' });
	const before = new Date(now().getTime() - 5 * DAY_MS).toISOString();
	const tokenOf = await systemActor([]);
	const input = ratingInputOf(unit, { visit_token: token, given_at: before });
	const { id, verified } = await submitRating(input, { source: 'api', tokenOf });
	expect(verified).toBe(true);
	const [row] = await db().select({ day: ratings.day }).from(ratings).where(eq(ratings.id, id));
	const [visit] = await db().select().from(visits).where(eq(visits.unitId, unit.id));
	expect(row?.day).toBe(visit?.day);
	expect(visit?.usedOn).toBe(visit?.day);
	expect(await submitRating(input, { source: 'api', tokenOf })).toEqual({ id, verified, repeated: true });
});

test('on an unusually busy day ratings by link get `many_visits`; the nightly job adds it to the earlier ones', async () => {
	const first = await makeVisit();
	const early = await later(60, () => rate(first, { sender: sender(PHONE) }));
	expect(early.signals).toEqual([]);
	for (let n = 1; n < 16; n++) await note(first.unit, { officer: first.officer.id });
	const { token } = await note(first.unit, { officer: first.officer.id });
	const late = await later(60, () => rate({ ...first, token }, { sender: sender('another phone') }));
	expect(late).toMatchObject({ verified: true, state: 'counted', signals: ['many_visits'] });
	const marked = async () =>
		(await db().select().from(ratings).where(eq(ratings.unitId, first.unit.id))).map((row) => row.signals);
	expect(await marked()).toContainEqual([]);
	await markBusyDays();
	await markBusyDays();
	expect(await marked()).toEqual([['many_visits'], ['many_visits']]);
});

test('an unusually busy day of the whole unit is detected for visits without an officer', async () => {
	const unit = await makeUnit();
	const noteMany = async (count: number) => {
		for (let n = 1; n < count; n++) await note(unit);
		return note(unit);
	};
	const rateBy = async ({ token }: { token: string }) => {
		const context = { source: 'api' as const, tokenOf: await systemActor([]) };
		return (await submitRating(ratingInputOf(unit, { visit_token: token }), context)).id;
	};
	const signalsOf = async (id: string) =>
		(await db().select({ signals: ratings.signals }).from(ratings).where(eq(ratings.id, id)))[0]?.signals;
	// A new unit has no usual number of visits yet.
	expect(await signalsOf(await onDay('2026-08-03', async () => rateBy(await noteMany(16))))).toEqual([]);
	for (const day of ['2026-08-04', '2026-08-05', '2026-08-06', '2026-08-07']) await onDay(day, () => note(unit));
	await onDay('2026-08-10', async () => {
		const early = await rateBy(await noteMany(16));
		const late = await rateBy(await noteMany(16));
		expect(await signalsOf(early)).toEqual([]);
		expect(await signalsOf(late)).toEqual(['many_visits']);
		await markBusyDays();
		expect(await signalsOf(early)).toEqual(['many_visits']);
	});
});
