import { DAY_MS } from '#lib/calendar/durations.ts';
import { isKept } from './browser-drafts.ts';

/** Time after which everything in this store is deleted. */
export const PHONE_KEPT_MS = DAY_MS;

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

interface KeptText {
	key: string;
	texts: PhoneTexts;
	at: number;
}

const STORES = ['texts', 'ratings'] as const;

type Store = (typeof STORES)[number];
type Question<T> = (store: IDBObjectStore) => IDBRequest<T>;

/** Opens the store of a citizen's phone. Everything older than a day is deleted first. */
async function open(): Promise<IDBDatabase> {
	const opened = await new Promise<IDBDatabase>((done, fail) => {
		const request = indexedDB.open('spatula-phone', 1);
		request.onupgradeneeded = () => {
			for (const name of STORES) request.result.createObjectStore(name, { keyPath: 'key' });
		};
		request.onsuccess = () => done(request.result);
		request.onerror = () => fail(request.error as DOMException);
	});
	for (const name of STORES) {
		const rows = await run<{ key: string; at: number }[]>(opened, name, (store) => store.getAll());
		for (const row of rows) if (!isFresh(row)) await run(opened, name, (store) => store.delete(row.key));
	}
	return opened;
}

/**
 * Asks a store. The scripts of forms count each byte, so they do without the library that the kiosk uses.
 *
 * @returns the result when the transaction is complete, so that what was written stays
 */
function run<T>(opened: IDBDatabase, name: Store, ask: Question<T>): Promise<T> {
	return new Promise((done, fail) => {
		const transaction = opened.transaction(name, 'readwrite');
		const request = ask(transaction.objectStore(name));
		transaction.oncomplete = () => done(request.result);
		// A request that fails aborts its transaction, and so does a full disk.
		transaction.onabort = () => fail(transaction.error as DOMException);
	});
}

export const isFresh = ({ at }: { at: number }) => isKept(PHONE_KEPT_MS, at);

let opening: ReturnType<typeof open> | undefined;

/** The browser may close the store, as iOS does while its page is in the background. Then it is opened again. */
async function query<T>(name: Store, ask: Question<T>): Promise<T> {
	try {
		return await run(await (opening ??= open()), name, ask);
	} catch {
		return run(await (opening = open()), name, ask);
	}
}

const put = (name: Store, row: Omit<KeptText, 'at'> | Omit<WaitingRating, 'at'>) =>
	query(name, (store) => store.put({ ...row, at: Date.now() }));
const remove = (name: Store, key: string): Promise<void> => query(name, (store) => store.delete(key));

/** Stores text because the person asked for it. */
export const saveText = (key: string, texts: PhoneTexts) => put('texts', { key, texts });
export const deleteText = (key: string) => remove('texts', key);

export async function savedText(key: string): Promise<PhoneTexts | undefined> {
	const saved = await query<KeptText | undefined>('texts', (store) => store.get(key));
	return saved && isFresh(saved) ? saved.texts : undefined;
}

export const keepRating = (rating: Omit<WaitingRating, 'at'>) => put('ratings', rating);
export const deleteRating = (key: string) => remove('ratings', key);

export const waitingRatings = async (): Promise<WaitingRating[]> =>
	(await query<WaitingRating[]>('ratings', (store) => store.getAll())).filter(isFresh);

/**
 * Whether the site has stored a rating that waited, or refuses it for good. Any other answer may come from a busy site,
 * a proxy or a network's sign-in page.
 */
export async function isSettled(response: Response): Promise<boolean> {
	if (response.status === 204) return response.headers.has('location');
	return [404, 409, 410, 422].includes(response.status) && (await response.text()).includes('<main');
}
