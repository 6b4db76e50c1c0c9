import { openDB, type DBSchema } from 'idb';
import { CompactSign, decodeJwt } from 'jose';
import { DEVICE_ALGORITHM, type DeviceKey, type KeptRating } from '#lib/ratings/kiosk.ts';

/**
 * What the tablet keeps until the site has it. A rating is written here first, signed, and leaves only when the site has
 * said what became of it.
 */
interface Kept {
	submission_id: string;
	/** The device it was given on: after a new pairing the former one's are still sent in its name. */
	kiosk: string;
	/** A compact JWS. */
	signed: string;
	/** Its visitor may still change it. */
	open: boolean;
	/** Why the site doesn't take it, ever: kept aside for the administrator. */
	refused?: string;
}

interface Device {
	kiosk: string;
	/** Not extractable: it signs here and can be carried nowhere. */
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

/** Whether this browser can keep and sign ratings: over plain HTTP, in a demo on the LAN say, it can't. */
export const canKeep = () => isSecureContext && 'subtle' in crypto && 'indexedDB' in globalThis;

/** The key of this device, made when it is first asked for: one, although the first rating and the sender may ask at once. */
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

/** Signs a rating and writes it down; it is on the disk when this returns. Another with its id takes its place. */
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
 * What a former pairing signed with a key that the site does not know, because the tablet had lost the one it knew, goes
 * out in the name of the present one: its visitors were thanked all the same.
 */
export async function signAnew(kiosk: string): Promise<void> {
	for (const kept of await waiting()) {
		if (kept.kiosk === kiosk || (await deviceOf(kept.kiosk)).known) continue;
		await keep(kiosk, decodeJwt<KeptRating>(kept.signed), false);
	}
}

/** Nobody can change the ratings any more that were open when the page went. */
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

/** How many wait, and how many are kept aside for which reason: for the page behind the PIN. */
export async function keptCounts(): Promise<{ waiting: number; refused: [reason: string, count: number][] }> {
	const all = await (await database()).getAll('ratings');
	const refused = new Map<string, number>();
	for (const { refused: reason } of all) if (reason) refused.set(reason, (refused.get(reason) ?? 0) + 1);
	return { waiting: all.filter((kept) => kept.refused === undefined).length, refused: [...refused] };
}
