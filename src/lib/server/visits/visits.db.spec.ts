import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { renewPlace } from '#lib/server/places/places.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf } from '#lib/dev/testing/outcomes.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { ratingInputOf } from '#lib/dev/testing/figures/rating-history.ts';
import { openVisit, shownVisit, visitToken } from './link.ts';
import { deleteExternalReferences, deleteRecordingDevices } from './visits.ts';
import { closeVisit, createVisit } from './entries.ts';

/** Opens the link as on a visitor's own phone. */
const findVisit = (token: string) => openVisit(token, { actor: null, device: null });

const inDays = (days: number) => new Date(now().getTime() + days * 24 * 3600 * 1000);
const recordVisit = (unit: { id: string; code: string }, more: Record<string, unknown> = {}) =>
	createVisit({ unit: unit.code, channel: 'walk_in', ...more }, { accountId: null, within: [unit.id] });

/** Error codes of a refused rating; empty if the rating is stored. */
const refusals = (unit: { id: string; code: string }, more: Record<string, unknown>) =>
	codesOf(submitRating(ratingInputOf(unit, more), { source: 'api' }));

test('a token used fifty times concurrently gives one verified rating; the others are refused with a reason', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const { token } = await recordVisit(unit, { officer: officer.id, service: 'consultation' });
	const results = await Promise.allSettled(
		Array.from({ length: 50 }, (_, index) =>
			submitRating(ratingInputOf(unit, { score: (index % 5) + 1 }), { source: 'visit', visitToken: token })
		)
	);
	const fulfilled = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
	expect(fulfilled).toMatchObject([{ verified: true, repeated: false }]);
	for (const result of results) {
		if (result.status === 'rejected') {
			expect((result.reason as Invalid).issues).toEqual([{ path: 'visit_token', code: 'rating_token_used' }]);
		}
	}
	const stored = await db().select().from(ratings).where(eq(ratings.unitId, unit.id));
	expect(stored).toMatchObject([
		{ verified: true, source: 'visit', officerId: officer.id, service: 'consultation', day: expect.any(String) }
	]);
});

test('a repeated submission gets the first result, and rating and visit cannot be linked', async () => {
	const unit = await makeUnit();
	const { id, token } = await recordVisit(unit);
	const input = ratingInputOf(unit, { visit_token: token });
	const first = await submitRating(input, { source: 'api' });
	expect(await submitRating(input, { source: 'api' })).toEqual({ ...first, repeated: true });
	const [visit] = await db().select().from(visits).where(eq(visits.id, id));
	expect(visit?.usedOn).not.toBeNull();
	// The two rows have no common value that links them.
	const [rating] = await db().select().from(ratings).where(eq(ratings.id, first.id));
	const texts = (row: object) => Object.values(row).filter((value) => typeof value === 'string' && value.length > 20);
	expect(texts(visit ?? {}).filter((value) => value !== unit.id && texts(rating ?? {}).includes(value))).toEqual([]);
});

test('refuses unknown, expired, used and foreign tokens, each with its own reason', async () => {
	const unit = await makeUnit();
	const other = await makeUnit();
	const why = (token: string, to = unit) => refusals(to, { visit_token: token });
	const { token, expiresAt } = await recordVisit(unit);
	expect(Math.round((expiresAt.getTime() - now().getTime()) / (24 * 3600 * 1000))).toBe(14);
	expect(await findVisit(token)).toMatchObject({ state: 'open', unit: { id: unit.id }, officer: null });
	expect(await why('AAAAAAAAAAAAAAAAAAAAAA')).toEqual(['rating_token_unknown']);
	expect(await findVisit('AAAAAAAAAAAAAAAAAAAAAA')).toEqual({ state: 'unknown' });
	expect(await why(token, other)).toEqual(['rating_token_foreign']);
	await atTime(inDays(14.01), async () => {
		expect(await why(token)).toEqual(['rating_token_expired']);
		expect(await findVisit(token)).toMatchObject({ state: 'expired' });
	});
	expect(await why(token)).toEqual([]);
	expect(await why(token)).toEqual(['rating_token_used']);
	expect(await findVisit(token)).toMatchObject({ state: 'used' });
	expect(await db().select().from(ratings).where(eq(ratings.unitId, other.id))).toEqual([]);
});

test('only an otherwise valid rating learns that the link was already used', async () => {
	const unit = await makeUnit();
	const served = await makeOfficer(unit.id);
	const { token } = await recordVisit(unit, { officer: served.id });
	const why = (more: Record<string, unknown>) => refusals(unit, { visit_token: token, ...more });
	const failing = { officer: (await makeOfficer(unit.id)).id };
	const before = await why(failing);
	expect(await why({})).toEqual([]);
	expect(await why(failing)).toEqual(before);
	expect(await why({})).toEqual(['rating_token_used']);
	expect(await atTime(inDays(14.01), () => why({}))).toEqual(['rating_token_expired']);
});

test('a visit’s link cannot be used to rate another officer', async () => {
	const unit = await makeUnit();
	const served = await makeOfficer(unit.id);
	const other = await makeOfficer(unit.id);
	const { token } = await recordVisit(unit, { officer: served.id });
	const input = ratingInputOf(unit, { visit_token: token, officer: other.id });
	await expect(submitRating(input, { source: 'api' })).rejects.toMatchObject({
		issues: [{ path: 'officer', code: 'rating_officer_of_visit' }]
	});
	expect(await findVisit(token)).toMatchObject({ state: 'open' });
});

test('a visit is recorded only at a unit within reach and with an officer who works there', async () => {
	const unit = await makeUnit();
	const elsewhere = await makeOfficer((await makeUnit()).id);
	await expect(recordVisit(unit, { officer: elsewhere.id })).rejects.toBeInstanceOf(Invalid);
	const input = { unit: unit.slug, channel: 'whatsapp' };
	await expect(createVisit(input, { accountId: null, within: [] })).rejects.toBeInstanceOf(NotFound);
});

test('the external reference is deleted after seven days, and the token is never stored', async () => {
	const unit = await makeUnit();
	const { id, token } = await recordVisit(unit, { external_ref: 'BT-0042' });
	expect(token).toBe(visitToken(id));
	expect(Buffer.from(token, 'base64url')).toHaveLength(16);
	const reference = async () => (await db().select().from(visits).where(eq(visits.id, id)))[0];
	expect(await deleteExternalReferences()).toBe(0);
	expect((await reference())?.externalRef).toBe('BT-0042');
	expect(JSON.stringify(await reference())).not.toContain(token);
	expect(await atTime(inDays(7.1), deleteExternalReferences)).toBe(1);
	expect((await reference())?.externalRef).toBeNull();
});

test('a visit that another system repeats with its reference is the same one until the day ends', async () => {
	const unit = await makeUnit();
	const sent = { external_ref: 'BT-77', service: 'consultation' };
	const [first, ...others] = await Promise.all([1, 2, 3].map(() => recordVisit(unit, sent)));
	for (const other of others) expect(other).toMatchObject({ id: first?.id, token: first?.token });
	expect(await recordVisit(unit, sent)).toEqual({ ...first, repeated: true });
	const { accountId } = await makeActor([[unit.id, 'handler']]);
	const elsewhere = [
		await recordVisit(await makeUnit(), sent),
		await recordVisit(unit, { ...sent, service: 'library' }),
		await createVisit({ unit: unit.code, channel: 'walk_in', ...sent }, { accountId, within: [unit.id] }),
		await atTime(inDays(1), () => recordVisit(unit, sent))
	];
	for (const other of elsewhere) expect(other).toMatchObject({ repeated: false });
});

test('the recording device and the form’s hash are deleted when the link expires', async () => {
	const unit = await makeUnit();
	const { id } = await recordVisit(unit);
	await db().update(visits).set({ madeByDevice: 'a device', contentHash: 'a hash' }).where(eq(visits.id, id));
	const columns = async () => {
		const [visit] = await db().select().from(visits).where(eq(visits.id, id));
		return [visit?.madeByDevice, visit?.contentHash];
	};
	await atTime(inDays(13.9), deleteRecordingDevices);
	expect(await columns()).toEqual(['a device', 'a hash']);
	await atTime(inDays(14.1), deleteRecordingDevices);
	expect(await columns()).toEqual([null, null]);
});

async function closedAt(desk: { id: string }, unit: { id: string; code: string }, minutes: number) {
	const { id } = await recordVisit(unit);
	await db()
		.update(visits)
		.set({ placeId: desk.id, closedAt: inDays(-minutes / 1440) })
		.where(eq(visits.id, id));
	return id;
}

test('a visit in service ends at its desk, also if the desk got a new code', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin', 'handler']]);
	const desk = await makePlace(unit.id, { kind: 'desk' });
	const { id } = await recordVisit(unit);
	await db().update(visits).set({ placeId: desk.id, begunAt: now(), closedAt: null }).where(eq(visits.id, id));
	await renewPlace(admin, desk);
	await closeVisit(admin, id);
	expect(await shownVisit(desk.id)).toMatchObject({ visitId: id });
});

test('a desk shows the link of the last visit that ended there for five minutes, used or not', async () => {
	const unit = await makeUnit();
	const desk = await makePlace(unit.id, { kind: 'desk' });
	const other = await makePlace(unit.id, { kind: 'desk' });
	expect(await shownVisit(desk.id)).toBeNull();
	await closedAt(desk, unit, 3);
	const last = await closedAt(desk, unit, 1);
	await closedAt(other, unit, 0);
	const shown = await shownVisit(desk.id);
	expect(shown).toMatchObject({ visitId: last });
	expect(await findVisit(shown?.token ?? '')).toMatchObject({
		state: 'open',
		unit: { id: unit.id }
	});
	await db().update(visits).set({ usedOn: '2026-01-05' }).where(eq(visits.id, last));
	expect(await shownVisit(desk.id)).toEqual(shown);
	expect(await shownVisit(desk.id, inDays(5 / 1440))).toBeNull();
	await db().update(visits).set({ closedAt: null }).where(eq(visits.placeId, desk.id));
	expect(await shownVisit(desk.id)).toBeNull();
});
