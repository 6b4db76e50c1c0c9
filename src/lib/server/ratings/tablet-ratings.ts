import { compactVerify, importJWK } from 'jose';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { DEVICE_ALGORITHM, type KeptOutcome } from '#lib/ratings/kiosk.ts';
import { keptBatch, keptRating } from '#lib/ratings/kiosk-schema.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import { LATEST_DAYS, OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { consume } from '#lib/server/people/rate-limits.ts';
import { noteSeen, pairedKiosk, type PairedKiosk } from '#lib/server/places/kiosks.ts';
import { wasSubmitted } from './submission.ts';
import { submitRating } from './submit.ts';

/**
 * Stores the ratings that a tablet kept while it was offline, each once, however often it sends them. Visitors were thanked for
 * what the device signed, so none of these is refused for its age or for later changes at the office; doubtful ones are held for
 * a manager. Reasons: docs/decisions/0011.
 *
 * @returns the outcome of each, in the order they came
 * @throws NotFound on a device that was never paired · Conflict if it has not sent its key yet
 */
export async function storeTabletRatings(raw: unknown): Promise<KeptOutcome[]> {
	const { kiosk: kioskId, ratings } = checked(keptBatch, raw);
	const kiosk = await pairedKiosk(kioskId);
	if (!kiosk.publicKey) throw new Conflict('invalid-move', { reason: 'device_without_key' });
	const key = await importJWK({ ...kiosk.publicKey }, DEVICE_ALGORITHM);
	const outcomes: KeptOutcome[] = [];
	// One after the other: two of one tablet in a batch must see each other's words and budgets.
	for (const signed of ratings) outcomes.push(await storeOne(kiosk, key, signed));
	await noteSeen(kiosk.id);
	return outcomes;
}

type Key = Awaited<ReturnType<typeof importJWK>>;

async function storeOne(kiosk: PairedKiosk, key: Key, signed: string): Promise<KeptOutcome> {
	try {
		const { given_at, ...said } = checked(keptRating, await payloadOf(signed, key));
		const keptSince = momentOf(new Date(given_at), kiosk);
		// A rating that is sent again because an answer was lost spends no budget again.
		const noticed = (await wasSubmitted(said.submission_id)) ? [] : await signalsOfKept(kiosk, keptSince);
		const { repeated } = await submitRating(
			{ ...said, unit: kiosk.unit.code },
			{ source: 'kiosk', placeId: kiosk.place.id, keptSince, noticed }
		);
		return { outcome: repeated ? 'repeated' : 'stored' };
	} catch (cause) {
		if (cause instanceof Invalid) return { outcome: 'refused', reason: cause.issues[0]?.code ?? 'field_invalid' };
		if (cause instanceof Conflict) return { outcome: 'refused', reason: 'submission_reused' };
		throw cause;
	}
}

/** The signed content. @throws Invalid `kept_signature` if the device did not sign it */
async function payloadOf(signed: string, key: Key): Promise<unknown> {
	try {
		const { payload } = await compactVerify(signed, key, { algorithms: [DEVICE_ALGORITHM] });
		return JSON.parse(new TextDecoder().decode(payload)) as unknown;
	} catch {
		throw new Invalid([{ path: '', code: 'kept_signature' }]);
	}
}

/** The time of a rating: not in the future and not before the device was paired, whatever its clock says. */
function momentOf(givenAt: Date, { pairedAt }: PairedKiosk): Date {
	return new Date(Math.min(Math.max(givenAt.getTime(), pairedAt.getTime()), now().getTime()));
}

async function signalsOfKept(kiosk: PairedKiosk, keptSince: Date): Promise<Signal[]> {
	const noticed: Signal[] = [];
	if (kiosk.ended) noticed.push('withdrawn_device');
	if (now().getTime() - keptSince.getTime() > LATEST_DAYS * DAY_MS) noticed.push('kept_long');
	// Counted by the hour in which they were given, because those of a day without a line arrive at once.
	const hour = Math.floor(keptSince.getTime() / HOUR_MS);
	if (!(await consume('rating_place', `${kiosk.id} ${hour}`))) noticed.push(OVER_BUDGET);
	return noticed;
}
