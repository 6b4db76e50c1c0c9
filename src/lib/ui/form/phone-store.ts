import { openDB, type DBSchema } from 'idb';
import { isWithin } from './kept-drafts.ts';

/** Time after which everything in this store is deleted. */
export const PHONE_KEPT_MS = 24 * 60 * 60 * 1000;

/** Tag of the browser's background sync that sends waiting ratings. */
export const RATINGS_TAG = 'ratings';

/** Scope of the service worker that sends ratings. No page has this address, so the worker never serves a page. */
export const RATINGS_SCOPE = '/nilai-nanti';

/** What was typed into a form, by the names of its fields. */
export type PhoneTexts = Record<string, string[]>;

/** A rating that could not be sent. The service worker sends it once the phone is connected. */
interface WaitingRating {
	key: string;
	/** Address of the form. */
	action: string;
	/** The form as `application/x-www-form-urlencoded`. */
	body: string;
	at: number;
}

interface Stores extends DBSchema {
	texts: { key: string; value: { key: string; texts: PhoneTexts; at: number } };
	ratings: { key: string; value: WaitingRating };
}

/** Opens the store of a citizen's phone. Everything older than a day is deleted first. */
async function open() {
	const stores = await openDB<Stores>('spatula-phone', 1, {
		upgrade(database) {
			database.createObjectStore('texts', { keyPath: 'key' });
			database.createObjectStore('ratings', { keyPath: 'key' });
		}
	});
	for (const name of ['texts', 'ratings'] as const) {
		for (const row of await stores.getAll(name)) if (!isFresh(row)) await stores.delete(name, row.key);
	}
	return stores;
}

const isFresh = ({ at }: { at: number }) => isWithin(PHONE_KEPT_MS, at);

let opening: ReturnType<typeof open> | undefined;
const database = () => (opening ??= open());

/** Stores text because the person asked for it. */
export async function saveText(key: string, texts: PhoneTexts): Promise<void> {
	await (await database()).put('texts', { key, texts, at: Date.now() });
}

export async function savedText(key: string): Promise<PhoneTexts | undefined> {
	const saved = await (await database()).get('texts', key);
	return saved && isFresh(saved) ? saved.texts : undefined;
}

export const deleteText = async (key: string): Promise<void> => (await database()).delete('texts', key);

export async function keepRating(rating: Omit<WaitingRating, 'at'>): Promise<void> {
	await (await database()).put('ratings', { ...rating, at: Date.now() });
}

export const waitingRatings = async (): Promise<WaitingRating[]> =>
	(await (await database()).getAll('ratings')).filter(isFresh);

export const deleteRating = async (key: string): Promise<void> => (await database()).delete('ratings', key);
