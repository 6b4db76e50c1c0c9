import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { dropSentDraft, markSent } from './draft.client.ts';

const stored = new Map<string, string>();
const tab = {
	getItem: (key: string) => stored.get(key) ?? null,
	setItem: (key: string, value: string) => void stored.set(key, value),
	removeItem: (key: string) => void stored.delete(key)
};

beforeEach(() => {
	// The keys of a storage are its own properties.
	const keys = {
		ownKeys: () => [...stored.keys()],
		getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true })
	};
	vi.stubGlobal('sessionStorage', new Proxy(tab, keys));
});
afterEach(() => {
	vi.unstubAllGlobals();
	stored.clear();
});

const typed = (body: string) =>
	stored.set('draft:pengaduan', JSON.stringify({ texts: { body: [body] }, at: Date.now(), sent: false }));

it('deletes the draft of the report that was sent, and not the next one', async () => {
	typed('Kursi patah.');
	markSent('pengaduan');
	// Without a store on the phone.
	await dropSentDraft('pengaduan').catch(() => undefined);
	expect(stored.size).toBe(0);
	// The person writes again, goes back to the receipt to look at the code, and the receipt's script runs once more.
	typed('Antrean tidak bergerak.');
	await dropSentDraft('pengaduan');
	expect(stored.get('draft:pengaduan')).toContain('Antrean tidak bergerak.');
});
