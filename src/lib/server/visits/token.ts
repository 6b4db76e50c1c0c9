import { keyedHash } from '#lib/server/keys.ts';

const TOKEN_BYTES = 16;

/**
 * The one-time token of a visit: the first 128 bits of HMAC-SHA-256 under a key derived from APP_KEY, base64url. It can be
 * shown again on the desk's screen, a slip or a display without being stored (docs/decisions/0010); the database holds
 * its hash.
 */
export function visitToken(visitId: string): string {
	return keyedHash('visit-token', visitId).subarray(0, TOKEN_BYTES).toString('base64url');
}
