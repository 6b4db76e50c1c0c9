/**
 * Stores text that was typed into a case's forms but not sent, in the browser. A draft belongs to one account, because
 * several people may share a computer. It is removed when it is sent, when its account signs out, and after three days.
 */
const PREFIX = 'spatula-draft:';
const KEPT_MS = 3 * 24 * 60 * 60 * 1000;

/** Texts by the names of their fields. */
export type Texts = Record<string, string>;

interface Kept {
	texts: Texts;
	at: number;
	/** The form was just sent. The next page finds out whether the server accepted it. */
	sent: boolean;
}

export const draftKey = (account: string, reference: string, form: string) =>
	`${PREFIX}${account}:${reference}:${form}`;

export function keepDraft(key: string, texts: Texts, sent = false): void {
	const typed = Object.values(texts).some((text) => text.trim() !== '');
	try {
		if (typed) localStorage.setItem(key, JSON.stringify({ texts, at: Date.now(), sent } satisfies Kept));
		else localStorage.removeItem(key);
	} catch {
		// Storage is off or full: a reload loses the text.
	}
}

export function keptDraft(key: string): Texts | undefined {
	const draft = read(key);
	return draft && Date.now() - draft.at < KEPT_MS ? draft.texts : undefined;
}

export const dropDraft = (key: string) => removeWhere((other) => other === key);

/** Removes the sent drafts of a case if the server accepted them, else resets them to not sent. */
export function settleDrafts(account: string, reference: string, arrived: boolean): void {
	for (const key of keys().filter((candidate) => candidate.startsWith(draftKey(account, reference, '')))) {
		const draft = read(key);
		if (!draft?.sent) continue;
		if (arrived) dropDraft(key);
		else keepDraft(key, draft.texts);
	}
}

/** Removes drafts that are older than three days or belong to other accounts. */
export function clearForeignDrafts(account: string): void {
	removeWhere((key) => !key.startsWith(`${PREFIX}${account}:`) || !keptDraft(key));
}

export const clearDrafts = () => removeWhere(() => true);

function keys(): string[] {
	try {
		return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
	} catch {
		return [];
	}
}

function removeWhere(condition: (key: string) => boolean): void {
	for (const key of keys().filter(condition)) localStorage.removeItem(key);
}

function read(key: string): Kept | undefined {
	try {
		return (JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null) ?? undefined;
	} catch {
		return undefined;
	}
}
