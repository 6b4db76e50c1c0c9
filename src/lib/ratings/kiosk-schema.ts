import { z } from 'zod';
import { instant } from '#lib/cases/schema.ts';
import { MAX_RATINGS_PER_REQUEST, KIOSK_MODES } from './kiosk.ts';
import { ratingInput } from './schema.ts';

// Messages are codes; their texts are in `errors.{id,en}.json` under `error_<code>`.

const pin = z
	.string('kiosk_pin')
	.trim()
	.regex(/^\d{4,8}$/, 'kiosk_pin');

export const pairingInput = z.object({
	mode: z.enum(KIOSK_MODES, 'kiosk_mode'),
	/** The desk where the device stands; without one it represents the whole office. */
	desk: z.uuid('kiosk_desk').optional(),
	pin
});

export const pinInput = z.object({ pin });

/** 32 bytes as base64url. */
const coordinate = z.string('device_key').regex(/^[A-Za-z0-9_-]{43}$/, 'device_key');

/** The public part of a P-256 key; other properties sent by the browser are dropped. */
export const deviceKey = z.object(
	{ kty: z.literal('EC', 'device_key'), crv: z.literal('P-256', 'device_key'), x: coordinate, y: coordinate },
	'device_key'
);

/** Payload of a signed rating. Office and place are those of the device. */
export const tabletRatingInput = ratingInput
	.pick({ officer: true, score: true, tags: true, comment: true, submission_id: true })
	.extend({ given_at: instant('rating_given_at'), signed_again: z.literal(true).optional() });

/** Ratings of one device, each a compact JWS. */
export const tabletRatingBatch = z.object({
	kiosk: z.uuid('kept_ratings'),
	ratings: z
		.array(z.string('kept_ratings').max(8000, 'kept_ratings'), 'kept_ratings')
		.max(MAX_RATINGS_PER_REQUEST, 'kept_ratings')
});
