import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Signal } from '#lib/ratings/signals.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { noteNetwork } from '#lib/server/rate-limits.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { ratingInputOf, ratingSums } from '#lib/dev/testing/figures/rating-history.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import type { Sender } from './compute-signals.ts';
import { submitRating, type RatingContext } from './submit.ts';

/** A Wednesday morning in office hours, the same day's night, and a Sunday. */
const OPEN = () => new Date('2026-03-04T10:00:00+08:00');
const NIGHT = () => new Date('2026-03-04T22:00:00+08:00');
const SUNDAY = () => new Date('2026-03-08T10:00:00+08:00');
const unusual = (...signals: Signal[]) => ({ signals, state: 'counted' });
const held = (...signals: Signal[]) => ({ signals, state: 'held' });
let phones = 0;
const visitor = (more: Partial<Sender> = {}): Sender => ({
	actor: null,
	addresses: [`net-${++phones}`],
	device: `phone-${phones}`,
	...more
});

async function stored(
	unit: { code: string },
	input: Record<string, unknown>,
	context: Partial<RatingContext> = {},
	at = OPEN
) {
	const rating = ratingInputOf(unit, input);
	const { id } = await withClock(at, () => submitRating(rating, { source: 'web', sender: visitor(), ...context }));
	const [row] = await db().select().from(ratings).where(eq(ratings.id, id));
	if (!row) throw new Error('the rating was not stored');
	return row;
}

async function office() {
	const unit = await makeUnit();
	return { unit, officer: await makeOfficer(unit.id) };
}

test('a first rating by a visitor in office hours has no signals', async () => {
	const { unit, officer } = await office();
	const rating = { officer: officer.id, comment: 'Pelayanannya cepat.' };
	expect(await stored(unit, rating)).toMatchObject({ ...unusual(), commentFlags: [] });
});

test('a device’s second rating of one officer gets a signal, its third is held, its rating of another officer gets none', async () => {
	const { unit, officer } = await office();
	const other = await makeOfficer(unit.id);
	const sender = visitor();
	const rate = (to: string) => stored(unit, { officer: to }, { sender });
	expect(await rate(officer.id)).toMatchObject({ signals: [] });
	expect(await rate(officer.id)).toMatchObject(unusual('same_device'));
	expect(await rate(officer.id)).toMatchObject(held('same_device_often'));
	expect(await rate(other.id)).toMatchObject({ signals: [] });
});

test('the sixth rating of an officer within ten minutes gets `burst`; ratings that a tablet sends late do not', async () => {
	const { unit, officer } = await office();
	for (let n = 0; n < 5; n++) expect(await stored(unit, { officer: officer.id })).toMatchObject({ signals: [] });
	expect(await stored(unit, { officer: officer.id })).toMatchObject(unusual('burst'));
	const late = { officer: officer.id, given_at: '2026-03-03T10:00:00+08:00' };
	expect(await stored(unit, late, { source: 'kiosk' })).toMatchObject(unusual());
	// A browser's `given_at` is ignored, so this rating belongs to the current ten minutes.
	expect(await stored(unit, late)).toMatchObject(unusual('burst'));
});

test('without limits no rating is held, and its signals are stored', async () => {
	overrideEnv({ LIMITS: false });
	const { unit, officer } = await office();
	const self = await makeActor([], officer.id);
	const rating = await stored(unit, { officer: officer.id }, { sender: visitor({ actor: self }) });
	expect(rating).toMatchObject({ state: 'counted', signals: ['own_session'] });
	overrideEnv({ LIMITS: true });
});

test('a rating from a session of the officer or of a colleague is held, one from a stranger’s session is not', async () => {
	const { unit, officer } = await office();
	const self = await makeActor([], officer.id);
	const desk = await makeActor([[unit.id, 'handler']]);
	const colleague = await makeActor([], (await makeOfficer(unit.id)).id);
	for (const actor of [self, desk, colleague])
		expect(await stored(unit, { officer: officer.id }, { sender: visitor({ actor }) })).toMatchObject({
			...held('own_session'),
			stateReason: null
		});
	const elsewhere = await makeActor([[(await makeUnit()).id, 'handler']]);
	const free = await stored(unit, { officer: officer.id }, { sender: visitor({ actor: elsewhere }) });
	expect(free).toMatchObject(unusual());
	// The officer moved to another office, and opens the link of a visit of the time before.
	const input = { unit: unit.code, officer: officer.id, channel: 'walk_in' };
	const { token } = await createVisit(input, { accountId: null, within: [unit.id] });
	const moved = await makeActor([], (await makeOfficer((await makeUnit()).id)).id);
	await db().update(officers).set({ accountId: moved.accountId, active: false }).where(eq(officers.id, officer.id));
	const own = await stored(unit, { visit_token: token }, { sender: visitor({ actor: moved }) });
	expect(own.signals).toEqual(expect.arrayContaining(['own_session', 'made_here']));
});

test('a web rating from the officer’s network is held; one by a place’s code or a visit’s link is not', async () => {
	const { unit, officer } = await office();
	const { accountId } = await makeActor([], officer.id);
	const sender = visitor();
	await withClock(OPEN, () => noteNetwork(accountId ?? '', sender.addresses[0] ?? ''));
	const rate = (input: object, context: Partial<RatingContext> = {}) =>
		stored(unit, { officer: officer.id, ...input }, { sender: { ...sender, device: `phone-${++phones}` }, ...context });
	expect(await rate({})).toMatchObject({ signals: expect.arrayContaining(['own_network']), state: 'held' });
	const place = await makePlace(unit.id);
	expect((await rate({}, { source: 'place', placeId: place.id })).signals).not.toContain('own_network');
	const input = { unit: unit.code, officer: officer.id, channel: 'walk_in' };
	const { token } = await createVisit(input, { accountId: null, within: [unit.id] });
	expect((await rate({ visit_token: token })).signals).not.toContain('own_network');
	const late = () => new Date(OPEN().getTime() + 25 * 3600 * 1000);
	const after = await stored(unit, { officer: officer.id }, { sender: { ...sender, device: 'other' } }, late);
	expect(after.signals).not.toContain('own_network');
});

test('a repeated comment gets a signal, its third copy is held; short comments are not compared', async () => {
	const { unit, officer } = await office();
	const say = (comment: string, to = officer.id) => stored(unit, { officer: to, comment });
	expect(await say('Pelayanan sangat memuaskan sekali')).toMatchObject({ signals: [] });
	expect(await say('pelayanan sangat MEMUASKAN sekali!')).toMatchObject(unusual('same_text'));
	expect(await say('Pelayanan, sangat memuaskan sekali.')).toMatchObject(held('same_text_often'));
	for (let n = 0; n < 2; n++) expect((await say('Bagus')).signals).not.toContain('same_text');
	const other = await makeOfficer(unit.id);
	expect(await say('Pelayanan sangat memuaskan sekali', other.id)).toMatchObject(unusual());
});

test('a rating outside office hours gets a signal and counts; by a visit’s link or sent late by a tablet it gets none', async () => {
	const { unit, officer } = await office();
	for (const at of [NIGHT, SUNDAY])
		expect(await stored(unit, { officer: officer.id }, {}, at)).toMatchObject(unusual('outside_hours'));
	const rating = { officer: officer.id, given_at: '2026-03-04T11:00:00+08:00' };
	expect(await stored(unit, rating, { source: 'kiosk' }, NIGHT)).toMatchObject({ signals: [] });
	expect(await stored(unit, rating, {}, NIGHT)).toMatchObject({ signals: ['outside_hours'] });
	const input = { unit: unit.code, channel: 'walk_in' };
	const { token } = await withClock(OPEN, () => createVisit(input, { accountId: null, within: [unit.id] }));
	expect(await stored(unit, { visit_token: token }, {}, NIGHT)).toMatchObject({ signals: [] });
});

test('a comment with a name, a phone number or an insult is stored unchanged and flagged', async () => {
	const unit = await makeUnit();
	await makeOfficer(unit.id, 'Rahmat Hidayat');
	const comment = 'Pak Rahmat bego, hubungi 0812-3456-7890';
	const commentFlags = ['name', 'phone', 'insult'];
	expect(await stored(unit, { comment })).toMatchObject({ comment, commentFlags, state: 'counted' });
});

test('ratings with signals are never refused, and held ratings are in no figure', async () => {
	const { unit, officer } = await office();
	const actor = await makeActor([[unit.id, 'handler']]);
	const sender = visitor({ actor });
	for (let n = 0; n < 10; n++)
		await stored(unit, { officer: officer.id, comment: 'Sama persis' }, { sender, noticed: ['over_budget'] });
	const rows = await db().select().from(ratings).where(eq(ratings.unitId, unit.id));
	expect(rows).toHaveLength(10);
	expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['held']));
	expect(rows[0]).toMatchObject({ stateReason: 'over_budget' });
	const { sums, differing } = await ratingSums();
	expect(differing).toEqual([]);
	expect(sums.days.filter((row) => row.unitId === unit.id)).toEqual([]);
});

test('a stored rating contains neither the sender’s address nor the device', async () => {
	const { unit, officer } = await office();
	const sender = visitor({ addresses: ['hash-of-an-address'], device: 'hash-of-a-device' });
	const row = await stored(unit, { officer: officer.id }, { sender });
	expect(JSON.stringify(row)).not.toMatch(/hash-of/);
});
