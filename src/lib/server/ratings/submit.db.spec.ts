import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ratingInput } from '#lib/ratings/schema.ts';
import { now, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDaily, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, rosterShifts, units } from '#lib/server/db/schema/units.ts';
import { type Conflict, NotFound, OfficeClosed } from '#lib/server/errors.ts';
import { officerOnDuty } from '#lib/server/places/duty.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { failure, issuesOf } from '#lib/dev/testing/outcomes.ts';
import { ratingSums, rateOn, ratingInputOf } from '#lib/dev/testing/figures/rating-history.ts';
import { submitRating } from './submit.ts';

const submitAt = (moment: Date, ...sent: Parameters<typeof submitRating>) =>
	withClock(
		() => moment,
		() => submitRating(...sent)
	);
const rowsOfUnit = (unitId: string) => db().select().from(ratings).where(eq(ratings.unitId, unitId));

test('stores a rating with the date in the unit’s time zone and counts it at once', async () => {
	const unit = await makeUnit({ timeZone: 'Asia/Jayapura' });
	const officer = await makeOfficer(unit.id);
	const input = ratingInputOf(unit, {
		officer: officer.id,
		score: '4',
		aspects: { courtesy: '5', speed: '' },
		tags: ['fast', 'clear', 'fast'],
		comment: '  Cepat sekali.  ',
		service: 'library'
	});
	const result = await submitAt(new Date('2026-03-01T16:30:00Z'), input, { source: 'web' });
	expect(result).toMatchObject({ verified: false, repeated: false });
	expect(await rowsOfUnit(unit.id)).toMatchObject([
		{
			id: result.id,
			day: '2026-03-02',
			score: 4,
			courtesy: 5,
			speed: null,
			tags: ['fast', 'clear'],
			comment: 'Cepat sekali.',
			state: 'counted'
		}
	]);
	const daily = await db().select().from(ratingDaily).where(eq(ratingDaily.unitId, unit.id));
	const counted = { officerId: officer.id, day: '2026-03-02', c3: 0, c4: 1, c5: 0, verified: 0 };
	expect(daily).toMatchObject([
		{ service: 'library', ...counted },
		{ service: '*', ...counted }
	]);
});

test('twenty concurrent copies of one submission store one rating and return the same id', async () => {
	const unit = await makeUnit();
	const input = ratingInputOf(unit, { score: 3 });
	const results = await Promise.all(Array.from({ length: 20 }, () => submitRating(input, { source: 'place' })));
	expect(new Set(results.map((result) => result.id)).size).toBe(1);
	expect(results.filter((result) => !result.repeated)).toHaveLength(1);
	expect(await rowsOfUnit(unit.id)).toHaveLength(1);
	const daily = await db().select().from(ratingDaily).where(eq(ratingDaily.unitId, unit.id));
	expect(daily).toMatchObject([
		{ service: null, c3: 1 },
		{ service: '*', c3: 1 }
	]);
});

test('a retry after 30 days returns the first result, even if the officer is inactive and the unit closed by then', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const input = ratingInputOf(unit, { officer: officer.id, given_at: now().toISOString() });
	const first = await submitRating(input, { source: 'kiosk' });
	await db().update(officers).set({ active: false }).where(eq(officers.id, officer.id));
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, unit.id));
	const again = await submitAt(new Date(now().getTime() + 30 * DAY_MS), input, { source: 'kiosk' });
	expect(again).toEqual({ ...first, repeated: true });
});

test('a submission id reused with other content is refused, and the error reveals nothing of the first rating', async () => {
	const unit = await makeUnit();
	const input = ratingInputOf(unit, { comment: 'Yang pertama.' });
	const { id } = await submitRating(input, { source: 'web' });
	const refused = await failure(submitRating({ ...input, comment: 'Yang kedua.' }, { source: 'web' }));
	expect(refused).toMatchObject({ name: 'Conflict', code: 'submission-reused' });
	expect(JSON.stringify({ ...(refused as Conflict), text: String(refused) })).not.toMatch(new RegExp(`${id}|pertama`));
	expect(await rowsOfUnit(unit.id)).toHaveLength(1);
});

test('stores only one of five concurrent submissions with one id and different content', async () => {
	const unit = await makeUnit();
	const submission_id = crypto.randomUUID();
	const contents = [1, 2, 3, 4, 5].map((score) => ratingInputOf(unit, { score, submission_id }));
	const results = await Promise.allSettled(contents.map((input) => submitRating(input, { source: 'web' })));
	expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
	expect(await rowsOfUnit(unit.id)).toHaveLength(1);
});

test('accepts only active officers who belong to the unit', async () => {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	const stranger = await makeOfficer(province.id);
	const inactive = await makeOfficer(unit.id);
	await db().update(officers).set({ active: false }).where(eq(officers.id, inactive.id));
	const submit = (officer: string) => submitRating(ratingInputOf(unit, { officer }), { source: 'web' });
	expect(await issuesOf(submit(stranger.id))).toEqual(['officer: rating_officer']);
	expect(await issuesOf(submit(inactive.id))).toEqual(['officer: rating_officer']);
	expect(await issuesOf(submit(crypto.randomUUID()))).toEqual(['officer: rating_officer']);
});

test('finds a place by id or printed code. Ignores a scanned place of another unit, and refuses a sent one', async () => {
	const unit = await makeUnit();
	const elsewhere = await makePlace((await makeUnit()).id);
	const place = await makePlace(unit.id, { code: 'ABC123' });
	await submitRating(ratingInputOf(unit, { place: place.id }), { source: 'api' });
	await submitRating(ratingInputOf(unit, { place: 'abc123' }), { source: 'api' });
	await submitRating(ratingInputOf(unit), { source: 'place', placeId: place.id });
	await submitRating(ratingInputOf(unit), { source: 'place', placeId: elsewhere.id });
	const stored = (await rowsOfUnit(unit.id)).map((row) => row.placeId);
	expect(stored.filter((id) => id === place.id)).toHaveLength(3);
	expect(stored.filter((id) => id === null)).toHaveLength(1);
	const foreign = submitRating(ratingInputOf(unit, { place: elsewhere.id }), { source: 'api' });
	expect(await issuesOf(foreign)).toEqual(['place: rating_place']);
});

test('refuses ratings older than seven days or too far in the future; a slightly future time becomes now', async () => {
	const unit = await makeUnit();
	const later = (ms: number) => new Date(now().getTime() + ms).toISOString();
	const week = 7 * DAY_MS;
	const submit = (given_at: string) => submitRating(ratingInputOf(unit, { given_at }), { source: 'kiosk' });
	await submit(later(-week + 60_000));
	expect(await issuesOf(submit(later(-week - 60_000)))).toEqual(['given_at: rating_given_at_old']);
	expect(await issuesOf(submit(later(3 * 60_000)))).toEqual(['given_at: rating_given_at_ahead']);
	// The clock shows one second before midnight in Makassar; the sent time is two seconds later.
	const input = ratingInputOf(unit, { given_at: '2026-03-04T16:00:01Z' });
	const first = await submitAt(new Date('2026-03-04T15:59:59Z'), input, { source: 'api' });
	const [row] = await db().select({ day: ratings.day }).from(ratings).where(eq(ratings.id, first.id));
	expect(row?.day).toBe('2026-03-04');
	const again = await submitAt(new Date('2026-03-04T16:05:00Z'), input, { source: 'api' });
	expect(again).toEqual({ ...first, repeated: true });
});

test('an unknown unit gives NotFound, a closed unit gives OfficeClosed', async () => {
	await expect(submitRating(ratingInputOf({ code: 'tidak-ada' }), { source: 'web' })).rejects.toBeInstanceOf(NotFound);
	const unit = await makeUnit();
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, unit.id));
	await expect(submitRating(ratingInputOf(unit), { source: 'web' })).rejects.toBeInstanceOf(OfficeClosed);
	expect(await rowsOfUnit(unit.id)).toEqual([]);
});

test('a rating over the rate limit is stored as held and not counted', async () => {
	const unit = await makeUnit();
	await rateOn(unit, '2026-03-02', { score: 1 }, { noticed: ['over_budget'] });
	expect(await rowsOfUnit(unit.id)).toMatchObject([{ state: 'held', stateReason: 'over_budget' }]);
	expect((await ratingSums()).differing).toEqual([]);
});

test('empty fields of a rating are absent, digits become numbers, and errors are codes', () => {
	const sent = {
		unit: ' mamuju ',
		officer: '',
		score: '5',
		comment: '   ',
		tags: 'fast',
		submission_id: 'a-submission'
	};
	const form = ratingInput.parse(sent);
	expect(form).toEqual({ unit: 'mamuju', score: 5, tags: ['fast'], submission_id: 'a-submission' });
	const wrong = ratingInput.safeParse({
		score: '6',
		tags: ['nice'],
		comment: 'x'.repeat(501),
		aspects: { speed: 0 },
		given_at: '0000-06-01T00:00:00Z',
		officer: 'Budi',
		service: 'haircut'
	});
	expect(wrong.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).sort()).toEqual([
		'aspects.speed: rating_aspect',
		'comment: rating_comment',
		'given_at: rating_given_at',
		'officer: rating_officer',
		'score: rating_score_range',
		'service: service_invalid',
		'submission_id: submission_id_missing',
		'tags.0: rating_tag',
		'unit: unit_missing'
	]);
	for (const score of ['', undefined])
		expect(ratingInput.safeParse({ ...sent, score }).error?.issues).toMatchObject([{ message: 'rating_score' }]);
});

test('a rating by a desk’s code names the chosen officer and stores nothing of the roster', async () => {
	const unit = await makeUnit();
	const [onDuty, other] = [await makeOfficer(unit.id), await makeOfficer(unit.id)];
	const desk = await makePlace(unit.id, { kind: 'desk' });
	const nine = new Date('2026-11-25T01:00:00Z');
	const shift = { placeId: desk.id, officerId: onDuty.id, weekday: 3 as const, startsAt: '08:00', endsAt: '12:00' };
	await db().insert(rosterShifts).values(shift);
	expect(await atTime(nine, () => officerOnDuty(desk.id))).toMatchObject({ id: onDuty.id });
	const rate = async (officer: string) => {
		const context = { source: 'place', placeId: desk.id } as const;
		const { id } = await submitAt(nine, ratingInputOf(unit, { officer, score: 5 }), context);
		const [row] = await db().select().from(ratings).where(eq(ratings.id, id));
		return row;
	};
	const [preselected, chosen] = [await rate(onDuty.id), await rate(other.id)];
	expect([preselected?.officerId, chosen?.officerId]).toEqual([onDuty.id, other.id]);
	expect(preselected).toMatchObject({ source: 'place', placeId: desk.id, verified: false, state: 'counted' });
	// Apart from officer, ids and hashes, the two rows are equal, so they do not show who was preselected.
	const ignored = { id: '', officerId: '', submissionHash: '', contentHash: '' };
	expect({ ...preselected, ...ignored }).toEqual({ ...chosen, ...ignored });
});
