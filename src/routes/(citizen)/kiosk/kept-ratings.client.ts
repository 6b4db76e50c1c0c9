import { openDB, type DBSchema } from 'idb';
import { CompactSign, decodeJwt } from 'jose';
import { DEVICE_ALGORITHM, type DeviceKey, type KeptRating } from '#lib/ratings/kiosk.ts';

/** A rating that the tablet keeps, signed, until the site has said what became of it. */
interface Kept {
	submission_id: string;
	/** The pairing it was given under; it is sent in that name even after a new pairing. */
	kiosk: string;
	/** A compact JWS. */
	signed: string;
	/** Its visitor may still change it. */
	open: boolean;
	/** Why the site refused it for good; kept for the administrator. */
	refused?: string;
}

interface Device {
	kiosk: string;
	/** Not extractable. */
	privateKey: CryptoKey;
	publicKey: DeviceKey;
	/** The site has the public part. */
	known: boolean;
}

interface Stores extends DBSchema {
	ratings: { key: string; value: Kept };
	devices: { key: string; value: Device };
}

let opening: ReturnType<typeof open> | undefined;
const open = () =>
	openDB<Stores>('spatula-kiosk', 1, {
		upgrade(database) {
			database.createObjectStore('ratings', { keyPath: 'submission_id' });
			database.createObjectStore('devices', { keyPath: 'kiosk' });
		}
	});
const database = () => (opening ??= open());

/** Whether this browser can keep and sign ratings; over plain HTTP it can't. */
export const canKeep = () => isSecureContext && 'subtle' in crypto && 'indexedDB' in globalThis;

/** The key of this device, made on first use. Concurrent first calls get the same key. */
export async function deviceOf(kiosk: string): Promise<Device> {
	const stores = await database();
	const known = await stores.get('devices', kiosk);
	if (known) return known;
	const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
	const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
	const device: Device = {
		...{ kiosk, privateKey: pair.privateKey, known: false },
		publicKey: { kty: 'EC', crv: 'P-256', x, y }
	};
	const writing = stores.transaction('devices', 'readwrite');
	const first = await writing.store.get(kiosk);
	if (!first) await writing.store.put(device);
	await writing.done;
	return first ?? device;
}

export async function noteKnown(kiosk: string, known: boolean): Promise<void> {
	const device = await deviceOf(kiosk);
	await (await database()).put('devices', { ...device, known });
}

/** Signs a rating and stores it durably. Replaces a stored rating with the same id. */
export async function keep(kiosk: string, rating: KeptRating, open: boolean): Promise<void> {
	const { privateKey } = await deviceOf(kiosk);
	const signed = await new CompactSign(new TextEncoder().encode(JSON.stringify(rating)))
		.setProtectedHeader({ alg: DEVICE_ALGORITHM })
		.sign(privateKey);
	const writing = (await database()).transaction('ratings', 'readwrite', { durability: 'strict' });
	await writing.store.put({ submission_id: rating.submission_id, kiosk, signed, open });
	await writing.done;
}

/**
 * Signs ratings of former pairings again for the present one if the site does not know their key, because the tablet had lost
 * it. Their visitors were thanked, so the ratings must not be lost.
 */
export async function signAnew(kiosk: string): Promise<void> {
	for (const kept of await waiting()) {
		if (kept.kiosk === kiosk || (await deviceOf(kept.kiosk)).known) continue;
		await keep(kiosk, decodeJwt<KeptRating>(kept.signed), false);
	}
}

/** Closes ratings that were open when the page was left. */
export async function closeAll(): Promise<void> {
	const writing = (await database()).transaction('ratings', 'readwrite', { durability: 'strict' });
	for (const kept of await writing.store.getAll()) if (kept.open) await writing.store.put({ ...kept, open: false });
	await writing.done;
}

/** Ratings to send; complete ones only. */
export async function waiting(): Promise<Kept[]> {
	return (await (await database()).getAll('ratings')).filter((kept) => !kept.open && kept.refused === undefined);
}

/** Deletes stored ratings, and sets refused ones aside with the reason. */
export async function settle(kept: Kept, refused?: string): Promise<void> {
	const stores = await database();
	if (refused === undefined) await stores.delete('ratings', kept.submission_id);
	else await stores.put('ratings', { ...kept, refused });
}

/** How many ratings wait, and how many were refused for which reason. */
export async function keptCounts(): Promise<{ waiting: number; refused: [reason: string, count: number][] }> {
	const all = await (await database()).getAll('ratings');
	const refused = new Map<string, number>();
	for (const { refused: reason } of all) if (reason) refused.set(reason, (refused.get(reason) ?? 0) + 1);
	return { waiting: all.filter((kept) => kept.refused === undefined).length, refused: [...refused] };
}
