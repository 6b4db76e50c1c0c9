import { compactVerify, importJWK } from 'jose';
import { DEVICE_ALGORITHM, type KeptOutcome } from '#lib/ratings/kiosk.ts';
import { keptBatch, keptRating } from '#lib/ratings/kiosk-schema.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import { LATEST_DAYS, OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { consume } from '#lib/server/people/limits.ts';
import { noteSeen, pairedKiosk, type PairedKiosk } from '#lib/server/places/kiosks.ts';
import { wasSubmitted } from './submission.ts';
import { submitRating } from './submit.ts';

const HOUR_MS = 60 * 60 * 1000;
const LATEST_MS = LATEST_DAYS * 24 * HOUR_MS;

/**
 * Takes in what a tablet kept, each rating once, however often it comes: what is proved by the device's signature was
 * acknowledged to a visitor and is never refused for its age or for what has changed at the office since; it is held where
 * a person has to look. docs/decisions/0011 has the reasons.
 *
 * @returns what became of each, in the order they came
 * @throws NotFound on a device that was never paired · Conflict if it has not told its key yet
 */
export async function takeKeptRatings(raw: unknown): Promise<KeptOutcome[]> {
	const { kiosk: kioskId, ratings } = checked(keptBatch, raw);
	const kiosk = await pairedKiosk(kioskId);
	if (!kiosk.publicKey) throw new Conflict('invalid-move', { reason: 'device_without_key' });
	const key = await importJWK({ ...kiosk.publicKey }, DEVICE_ALGORITHM);
	const outcomes: KeptOutcome[] = [];
	// One after the other: two of one tablet in a batch must see each other's words and budgets.
	for (const signed of ratings) outcomes.push(await takeOne(kiosk, key, signed));
	await noteSeen(kiosk.id);
	return outcomes;
}

async function takeOne(kiosk: PairedKiosk, key: Parameters<typeof payloadOf>[1], signed: string): Promise<KeptOutcome> {
	try {
		const { given_at, ...said } = checked(keptRating, await payloadOf(signed, key));
		const keptSince = momentOf(new Date(given_at), kiosk);
		// What comes again because an answer was lost spends no budget again.
		const noticed = (await wasSubmitted(said.submission_id)) ? [] : await noticedOf(kiosk, keptSince);
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

/** What the device signed. @throws Invalid `kept_signature` if it didn't */
async function payloadOf(signed: string, key: Awaited<ReturnType<typeof importJWK>>): Promise<unknown> {
	try {
		const { payload } = await compactVerify(signed, key, { algorithms: [DEVICE_ALGORITHM] });
		return JSON.parse(new TextDecoder().decode(payload)) as unknown;
	} catch {
		throw new Invalid([{ path: '', code: 'kept_signature' }]);
	}
}

/** Never ahead, and never before the device was paired: whatever its clock says, those can't be. */
function momentOf(givenAt: Date, { pairedAt }: PairedKiosk): Date {
	return new Date(Math.min(Math.max(givenAt.getTime(), pairedAt.getTime()), now().getTime()));
}

async function noticedOf(kiosk: PairedKiosk, keptSince: Date): Promise<Signal[]> {
	const noticed: Signal[] = [];
	if (kiosk.ended) noticed.push('withdrawn_device');
	if (now().getTime() - keptSince.getTime() > LATEST_MS) noticed.push('kept_long');
	// By the hour they were given: a day without a line arrives all at once.
	const hour = Math.floor(keptSince.getTime() / HOUR_MS);
	if (!(await consume('rating_place', `${kiosk.id} ${hour}`))) noticed.push(OVER_BUDGET);
	return noticed;
}
