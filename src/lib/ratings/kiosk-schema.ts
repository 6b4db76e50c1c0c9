import { z } from 'zod';
import { KEPT_AT_ONCE, KIOSK_MODES } from './kiosk.ts';
import { ratingInput } from './schema.ts';

// Messages are codes: `errors.{id,en}.json` has their words under `error_<code>`.

const pin = z
	.string('kiosk_pin')
	.trim()
	.regex(/^\d{4,8}$/, 'kiosk_pin');

/** What an administrator says of a device that is to be paired. */
export const pairingInput = z.object({
	mode: z.enum(KIOSK_MODES, 'kiosk_mode'),
	/** None: the device stands for the office. */
	desk: z.uuid('kiosk_desk').optional(),
	pin
});

export const pinInput = z.object({ pin });

/** 32 bytes in base64url. */
const coordinate = z.string('device_key').regex(/^[A-Za-z0-9_-]{43}$/, 'device_key');

/** The public part of a P-256 key; whatever else a browser says of it is left out. */
export const deviceKey = z.object(
	{ kty: z.literal('EC', 'device_key'), crv: z.literal('P-256', 'device_key'), x: coordinate, y: coordinate },
	'device_key'
);

/** The payload of a signed rating; its office and place are the device's. */
export const tabletRatingInput = ratingInput
	.pick({ officer: true, score: true, comment: true, submission_id: true })
	.extend({ given_at: z.iso.datetime({ offset: true, error: 'rating_given_at' }) });

/** A few ratings of one device, each a compact JWS. */
export const tabletRatingBatch = z.object({
	kiosk: z.uuid('kept_ratings'),
	ratings: z.array(z.string('kept_ratings').max(8000, 'kept_ratings'), 'kept_ratings').max(KEPT_AT_ONCE, 'kept_ratings')
});
