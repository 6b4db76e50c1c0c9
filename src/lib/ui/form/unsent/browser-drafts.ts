import { DAY_MS } from '#lib/calendar/durations.ts';

/** What was typed, by the names of the fields. */
export type Texts = Record<string, string>;
type Typed = Record<string, string | string[]>;

interface Kept<T> {
	texts: T;
	at: number;
	/** At the desk: the form was sent, and the next page finds out whether it was accepted. Of citizens: it was accepted. */
	sent: boolean;
}

/**
 * Whether something that was kept at this time must still be kept. A time in the future counts by its distance, too: the
 * device's clock was wrong then, and has been corrected.
 */
export const isKept = (keptMs: number, at: number): boolean => Math.abs(Date.now() - at) < keptMs;

type OpenStorage = () => Storage;

/** The keys with this prefix; none if the storage is off. */
export function keysIn(storage: OpenStorage, prefix: string): string[] {
	try {
		return Object.keys(storage()).filter((key) => key.startsWith(prefix));
	} catch {
		return [];
	}
}

export function removeKeys(storage: OpenStorage, prefix: string, condition: (key: string) => boolean): void {
	for (const key of keysIn(storage, prefix).filter(condition)) storage().removeItem(key);
}

/**
 * Stores text that was typed and not sent in one storage of the browser.
 *
 * @param keptMs after this time a draft is deleted as soon as it is looked for
 */
export function draftsIn<T extends Typed>(storage: OpenStorage, keptMs: number) {
	const read = (key: string): Kept<T> | undefined => {
		try {
			return (JSON.parse(storage().getItem(key) ?? 'null') as Kept<T> | null) ?? undefined;
		} catch {
			return undefined;
		}
	};
	return {
		read,
		keep(key: string, texts: T, sent = false): void {
			const typed = Object.values(texts).flat();
			try {
				if (typed.some((text) => text.trim() !== '')) {
					storage().setItem(key, JSON.stringify({ texts, at: Date.now(), sent } satisfies Kept<T>));
				} else storage().removeItem(key);
			} catch {
				// Storage is off or full: a reload loses the text.
			}
		},
		kept(key: string): T | undefined {
			const draft = read(key);
			if (draft && isKept(keptMs, draft.at)) return draft.texts;
			if (draft) storage().removeItem(key);
			return undefined;
		}
	};
}

/**
 * Drafts in a case's forms at the desk. A draft belongs to one account, because several people may share a computer. It
 * is removed when it is sent, when its account signs out (by `app.html`), and after three days.
 */
const PREFIX = 'spatula-draft:';
const onDesk: OpenStorage = () => localStorage;
// Citizens' scripts leave it out, because making it has no effect.
const ofDesk = /* @__PURE__ */ draftsIn<Texts>(onDesk, 3 * DAY_MS);

export const draftKey = (account: string, reference: string, form: string) =>
	`${PREFIX}${account}:${reference}:${form}`;

export const keepDraft: typeof ofDesk.keep = (...draft) => ofDesk.keep(...draft);
export const keptDraft: typeof ofDesk.kept = (key) => ofDesk.kept(key);

export const dropDraft = (key: string) => ofDesk.keep(key, {});

/** Removes the sent drafts of a case if the server accepted them, else resets them to not sent. */
export function settleDrafts(account: string, reference: string, arrived: boolean): void {
	for (const key of keysIn(onDesk, draftKey(account, reference, ''))) {
		const draft = ofDesk.read(key);
		if (!draft?.sent) continue;
		if (arrived) dropDraft(key);
		else ofDesk.keep(key, draft.texts);
	}
}

/** Forms of the settings, as their page keeps them while they are sent (`kept-form.client.ts`). */
export const FORM_PREFIX = 'spatula-form:';

/** Removes drafts that are older than three days or belong to other accounts, and other accounts' forms of the settings. */
export function clearForeignDrafts(account: string): void {
	const form = `${FORM_PREFIX}${account} `;
	removeKeys(
		() => sessionStorage,
		FORM_PREFIX,
		(key) => !key.startsWith(form)
	);
	removeKeys(onDesk, PREFIX, (key) => !key.startsWith(`${PREFIX}${account}:`) || !ofDesk.kept(key));
}
