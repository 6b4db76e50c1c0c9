import { compactVerify, importJWK } from 'jose';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { DEVICE_ALGORITHM, type TabletRatingOutcome } from '#lib/ratings/kiosk.ts';
import { tabletRatingBatch, tabletRatingInput } from '#lib/ratings/kiosk-schema.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import { LATEST_DAYS, OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { ago, now } from '#lib/server/clock.ts';
import { Conflict, Invalid, invalid } from '#lib/server/errors.ts';
import { consume } from '#lib/server/rate-limits.ts';
import { noteSeen, pairedKiosk, type PairedKiosk } from '#lib/server/places/kiosks.ts';
import { storableText } from '#lib/text/storable-text.ts';
import { wasSubmitted } from './check-submission.ts';
import { submitRating } from './submit.ts';

/**
 * Stores the ratings that a tablet collected offline, each exactly once even if it is sent repeatedly. The visitors
 * were already thanked, so no rating signed by the device is refused for its age or for later changes at the office.
 * Doubtful ratings are held for a manager. Reasons: docs/decisions/0011.
 * @returns one outcome for each rating, in the order of the batch
 * @throws NotFound if the device was never paired
 * @throws Conflict if the device has not registered its key
 */
export async function storeTabletRatings(raw: unknown): Promise<TabletRatingOutcome[]> {
	const { kiosk: kioskId, ratings } = checked(tabletRatingBatch, raw);
	const kiosk = await pairedKiosk(kioskId);
	if (!kiosk.publicKey) throw new Conflict('invalid-move', { reason: 'device_without_key' });
	const key = await importJWK({ ...kiosk.publicKey }, DEVICE_ALGORITHM);
	const outcomes: TabletRatingOutcome[] = [];
	// One after the other, so that each rating is compared and rate-limited against those before it.
	for (const signed of ratings) outcomes.push(await storeOne(kiosk, key, signed));
	await noteSeen(kiosk.id);
	return outcomes;
}

type Key = Awaited<ReturnType<typeof importJWK>>;

async function storeOne(kiosk: PairedKiosk, key: Key, signed: string): Promise<TabletRatingOutcome> {
	try {
		const { given_at, signed_again, ...rating } = checked(tabletRatingInput, await payloadOf(signed, key));
		const storedOnTabletAt = timeWithinPairing(new Date(given_at), kiosk, signed_again);
		// A retry of a stored rating does not count in the rate limit again.
		const noticed = (await wasSubmitted(rating.submission_id))
			? []
			: await signalsOfTabletRating(kiosk, storedOnTabletAt);
		const { repeated } = await submitRating(
			{ ...rating, unit: kiosk.unit.code },
			{ source: 'kiosk', placeId: kiosk.place.id, storedOnTabletAt, noticed }
		);
		return { outcome: repeated ? 'repeated' : 'stored' };
	} catch (cause) {
		if (cause instanceof Invalid) return { outcome: 'refused', reason: cause.issues[0]?.code ?? 'field_invalid' };
		if (cause instanceof Conflict) return { outcome: 'refused', reason: 'submission_reused' };
		throw cause;
	}
}

const storable = (_key: string, value: unknown) => (typeof value === 'string' ? storableText(value) : value);

/**
 * Verifies the signature and returns the signed content. @throws Invalid `kept_signature` if the device did not sign it
 */
async function payloadOf(signed: string, key: Key): Promise<unknown> {
	try {
		const { payload } = await compactVerify(signed, key, { algorithms: [DEVICE_ALGORITHM] });
		return JSON.parse(new TextDecoder().decode(payload), storable) as unknown;
	} catch {
		throw invalid('', 'kept_signature');
	}
}

/**
 * Limits the time of a rating to the span between pairing and now, because the device's clock may be wrong. One of a
 * former pairing can be as old as the place.
 */
function timeWithinPairing(givenAt: Date, { pairedAt, place }: PairedKiosk, signedAgain = false): Date {
	const earliest = signedAgain ? place.createdAt : pairedAt;
	return new Date(Math.min(Math.max(givenAt.getTime(), earliest.getTime()), now().getTime()));
}

async function signalsOfTabletRating(kiosk: PairedKiosk, storedOnTabletAt: Date): Promise<Signal[]> {
	const noticed: Signal[] = [];
	if (kiosk.ended || kiosk.closed) noticed.push('withdrawn_device');
	if (storedOnTabletAt < ago(LATEST_DAYS * DAY_MS)) noticed.push('kept_long');
	// Counted by the hour in which they were given, because the ratings of a day offline arrive at once.
	const hour = Math.floor(storedOnTabletAt.getTime() / HOUR_MS);
	if (!(await consume('rating_place', `${kiosk.id} ${hour}`))) noticed.push(OVER_BUDGET);
	return noticed;
}
