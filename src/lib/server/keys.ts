import {
	createHash,
	createHmac,
	createSecretKey,
	hkdfSync,
	randomBytes,
	timingSafeEqual,
	type KeyObject
} from 'node:crypto';
import { CompactEncrypt, EncryptJWT, compactDecrypt, jwtDecrypt } from 'jose';
import { now } from './clock.ts';
import { env } from './env.ts';

/** Each purpose has its own key, so that a hash made for one purpose is worthless for another. */
export type KeyPurpose =
	| 'fingerprint'
	| 'receipt'
	| 'desk-receipt'
	| 'receipt-hash'
	| 'submission-hash'
	| 'content-hash'
	| 'cookie'
	| 'identity'
	| 'reporter-search'
	| 'address'
	| 'visit-token'
	| 'mail-address'
	| 'mail-stop'
	| 'mail-tag'
	| 'message-id'
	| 'receipt-message'
	| 'push-endpoint'
	| 'audit-text'
	| 'audit-entry'
	| 'audit-head'
	| 'destruction-journal'
	| 'contact-link'
	| 'recovery-code'
	| 'import-photo'
	| 'email-proof';

const derived = new Map<string, KeyObject>();

/** A 256-bit key derived from APP_KEY for one purpose (HKDF-SHA-256); `detail` narrows it, for example to a day. */
function keyFor(purpose: KeyPurpose, detail = ''): KeyObject {
	const info = `spatula/${purpose}/${detail}`;
	const root = env().APP_KEY;
	const id = `${root}\n${info}`;
	let key = derived.get(id);
	if (!key) {
		// A key object, because Node takes five times as long to hash with the bytes of a key.
		key = createSecretKey(Buffer.from(hkdfSync('sha256', root, '', info, 32)));
		// Some purposes have a key per day or account, which would pile up.
		if (derived.size > 500) derived.clear();
		derived.set(id, key);
	}
	return key;
}

const imported = new WeakMap<KeyObject, Promise<CryptoKey>>();

/** Returns the key of a purpose as a CryptoKey, imported once. jose would import a KeyObject again for each text. */
function cipherKey(purpose: 'cookie' | 'identity'): Promise<CryptoKey> {
	const key = keyFor(purpose);
	const known = imported.get(key) ?? crypto.subtle.importKey('raw', key.export(), 'AES-GCM', false, USES);
	imported.set(key, known);
	return known;
}

const USES: KeyUsage[] = ['encrypt', 'decrypt'];

/** HMAC-SHA-256 of `value` under the key of `purpose`. */
export function keyedHash(purpose: KeyPurpose, value: string, detail = ''): Buffer {
	return createHmac('sha256', keyFor(purpose, detail)).update(value).digest();
}

export function keyedHex(purpose: KeyPurpose, value: string, detail = ''): string {
	return keyedHash(purpose, value, detail).toString('hex');
}

/**
 * SHA-256 in hexadecimal. A secret may be hashed with it only if it has at least 128 random bits, as sessions and
 * tokens have. Use `keyedHash` for everything that can be guessed.
 */
export function sha256Hex(value: string | Uint8Array): string {
	return createHash('sha256').update(value).digest('hex');
}

export function randomSecret(bytes = 32): string {
	return randomBytes(bytes).toString('base64url');
}

/** Compares two texts in constant time. */
export function sameSecret(a: string, b: string): boolean {
	return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/**
 * Encrypts a small value that the browser sends back, in a cookie, a hidden field or an address. It expires after
 * `seconds`. `audience` names the only place that accepts it.
 */
export async function encryptForBrowser(
	value: Record<string, unknown>,
	audience: string,
	seconds: number
): Promise<string> {
	const at = Math.floor(now().getTime() / 1000);
	return new EncryptJWT(value)
		.setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
		.setAudience(audience)
		.setIssuedAt(at)
		.setExpirationTime(at + seconds)
		.encrypt(await cipherKey('cookie'));
}

/** Decrypts a value of `encryptForBrowser`; undefined if it is forged, expired or made for another audience. */
export async function decryptFromBrowser(
	text: string | undefined,
	audience: string
): Promise<Record<string, unknown> | undefined> {
	if (!text) return undefined;
	try {
		const { payload } = await jwtDecrypt(text, await cipherKey('cookie'), { audience, currentDate: now() });
		return payload;
	} catch {
		return undefined;
	}
}

/** Encrypts personal data for a column, so that a copied database reveals no names. */
export async function encryptText(text: string): Promise<string> {
	return new CompactEncrypt(new TextEncoder().encode(text))
		.setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
		.encrypt(await cipherKey('identity'));
}

/** Decrypts what `encryptText` made. @throws if the key differs */
export async function decryptText(text: string): Promise<string> {
	const { plaintext } = await compactDecrypt(text, await cipherKey('identity'));
	return new TextDecoder().decode(plaintext);
}
