import {
	createCipheriv,
	createDecipheriv,
	createHash,
	createHmac,
	createSecretKey,
	hkdfSync,
	randomBytes,
	timingSafeEqual,
	type KeyObject
} from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { now } from './clock.ts';
import { env } from './env.ts';

/** Each purpose has its own key, so that a hash made for one purpose is worthless for another. */
export type KeyPurpose =
	| 'fingerprint'
	| 'receipt'
	| 'receipt-hash'
	| 'submission-hash'
	| 'content-hash'
	| 'cookie'
	| 'identity'
	| 'address'
	| 'token'
	| 'visit-token'
	| 'visit-maker'
	| 'mail-address'
	| 'mail-stop';

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
		if (derived.size > 500) derived.clear();
		derived.set(id, key);
	}
	return key;
}

/** HMAC-SHA-256 of `value` under the key of `purpose`. */
export function keyedHash(purpose: KeyPurpose, value: string, detail = ''): Buffer {
	return createHmac('sha256', keyFor(purpose, detail)).update(value).digest();
}

export function keyedHex(purpose: KeyPurpose, value: string, detail = ''): string {
	return keyedHash(purpose, value, detail).toString('hex');
}

/** SHA-256 as text: for secrets that already hold 128 random bits or more (sessions, tokens). */
export function sha256Hex(value: string): string {
	return createHash('sha256').update(value).digest('hex');
}

export function randomSecret(bytes = 32): string {
	return randomBytes(bytes).toString('base64url');
}

/** Compares two texts in constant time. */
export function sameSecret(a: string, b: string): boolean {
	return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a small value for a cookie or a hidden field that expires after `seconds`. It is decrypted for the same
 * audience only. Node's cipher is used, because each page and submission needs it and an encrypted JWT takes five times
 * as long.
 */
export function seal(value: Record<string, unknown>, audience: string, seconds: number): string {
	const iv = randomBytes(IV_BYTES);
	const cipher = createCipheriv(CIPHER, keyFor('cookie'), iv).setAAD(Buffer.from(audience));
	const text = JSON.stringify({ value, expires: now().getTime() + seconds * 1000 });
	return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Decrypts what `seal` made for the same audience; undefined if it is forged, made for another audience or expired. */
export function unseal(text: string | undefined, audience: string): Record<string, unknown> | undefined {
	if (!text) return undefined;
	try {
		const bytes = Buffer.from(text, 'base64url');
		const iv = bytes.subarray(0, IV_BYTES);
		const decipher = createDecipheriv(CIPHER, keyFor('cookie'), iv, { authTagLength: TAG_BYTES })
			.setAAD(Buffer.from(audience))
			.setAuthTag(bytes.subarray(-TAG_BYTES));
		const content = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
		const { value, expires } = JSON.parse(content.toString()) as { value: Record<string, unknown>; expires: number };
		return expires > now().getTime() ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Encrypts personal data for a column, so that a copied database reveals no names. */
export async function encryptText(text: string): Promise<string> {
	return new CompactEncrypt(new TextEncoder().encode(text))
		.setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
		.encrypt(keyFor('identity'));
}

/** Decrypts what `encryptText` made. @throws if the key differs */
export async function decryptText(text: string): Promise<string> {
	const { plaintext } = await compactDecrypt(text, keyFor('identity'));
	return new TextDecoder().decode(plaintext);
}
