import { openDB, type DBSchema } from 'idb';
import { CompactSign, decodeJwt } from 'jose';
import { DEVICE_ALGORITHM, type DeviceKey, type TabletRating } from '#lib/ratings/kiosk.ts';

/** A signed rating. The tablet stores it until the server has accepted or refused it, without a time limit. */
export interface StoredRating {
	submission_id: string;
	/** Id of the pairing under which the rating was given; it is sent with this id even after a new pairing. */
	kiosk: string;
	/** A compact JWS. */
	signed: string;
	/** The visitor may still change the rating. */
	open: boolean;
	/** Reason for which the server finally refused the rating; shown to the administrator. */
	refused?: string;
}

interface Device {
	kiosk: string;
	/** Not extractable from the browser. */
	privateKey: CryptoKey;
	publicKey: DeviceKey;
	/** The server has stored the public key. */
	known: boolean;
}

interface Stores extends DBSchema {
	ratings: { key: string; value: StoredRating };
	devices: { key: string; value: Device };
}

let opening: ReturnType<typeof open> | undefined;
const open = () =>
	openDB<Stores>('spatula-kiosk', 1, {
		upgrade(database) {
			database.createObjectStore('ratings', { keyPath: 'submission_id' });
			database.createObjectStore('devices', { keyPath: 'kiosk' });
		},
		terminated: reopen
	});
/** The browser may close the store, or fail to open it once. Then it is opened again. */
function reopen(): void {
	opening = undefined;
}
function database() {
	if (!opening) {
		opening = open();
		opening.catch(reopen);
	}
	return opening;
}

/** Whether this browser can store and sign ratings; over plain HTTP it can't. */
export const canStoreRatings = () => isSecureContext && 'subtle' in crypto && 'indexedDB' in globalThis;

/** Returns the key pair of a pairing and creates it on first use. Concurrent first calls get the same key pair. */
export async function deviceOf(kiosk: string): Promise<Device> {
	const stores = await database();
	const known = await stores.get('devices', kiosk);
	if (known) return known;
	const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
	const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
	const publicKey = { kty: 'EC', crv: 'P-256', x, y } as const;
	const device: Device = { kiosk, privateKey: pair.privateKey, known: false, publicKey };
	const writing = stores.transaction('devices', 'readwrite');
	const first = await writing.store.get(kiosk);
	if (!first) await writing.store.put(device);
	await writing.done;
	return first ?? device;
}

export async function storeKeyKnown(kiosk: string, known: boolean): Promise<void> {
	const device = await deviceOf(kiosk);
	await (await database()).put('devices', { ...device, known });
}

/** Signs a rating and stores it durably. Replaces a stored rating with the same id. */
export async function storeRating(kiosk: string, rating: TabletRating, open: boolean): Promise<void> {
	const { privateKey } = await deviceOf(kiosk);
	const signed = await new CompactSign(new TextEncoder().encode(JSON.stringify(rating)))
		.setProtectedHeader({ alg: DEVICE_ALGORITHM })
		.sign(privateKey);
	const writing = (await database()).transaction('ratings', 'readwrite', { durability: 'strict' });
	await writing.store.put({ submission_id: rating.submission_id, kiosk, signed, open });
	await writing.done;
}

/**
 * Signs stored ratings of former pairings again with the current key, if the server does not know the former one.
 * Their visitors were already thanked, so the ratings must not be lost.
 */
export async function signAgain(kiosk: string): Promise<void> {
	for (const stored of await ratingsToSend()) {
		if (stored.kiosk === kiosk || (await deviceOf(stored.kiosk)).known) continue;
		await storeRating(kiosk, { ...decodeJwt<TabletRating>(stored.signed), signed_again: true }, false);
	}
}

/** Marks all stored ratings as complete. Called at start, for ratings that were open when the page was left. */
export async function closeAll(): Promise<void> {
	const writing = (await database()).transaction('ratings', 'readwrite', { durability: 'strict' });
	for (const stored of await writing.store.getAll())
		if (stored.open) await writing.store.put({ ...stored, open: false });
	await writing.done;
}

/** Stored ratings that are complete and not refused: the ratings to send. */
export async function ratingsToSend(): Promise<StoredRating[]> {
	return (await (await database()).getAll('ratings')).filter((stored) => !stored.open && stored.refused === undefined);
}

/** Deletes an accepted rating; stores the reason with a refused rating. */
export async function recordOutcome(stored: StoredRating, refused?: string): Promise<void> {
	const stores = await database();
	if (refused === undefined) await stores.delete('ratings', stored.submission_id);
	else await stores.put('ratings', { ...stored, refused });
}

/** Number of stored ratings that were not refused, also open ones, and numbers of refused ratings by reason. */
export async function storedCounts(): Promise<{ unsent: number; refused: [reason: string, count: number][] }> {
	const all = await (await database()).getAll('ratings');
	const refused = new Map<string, number>();
	for (const { refused: reason } of all) if (reason) refused.set(reason, (refused.get(reason) ?? 0) + 1);
	return { unsent: all.filter((stored) => stored.refused === undefined).length, refused: [...refused] };
}
