import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { usePhoneStore } from '#lib/dev/testing/fake-phone-store.ts';
import { saveText } from '#lib/ui/form/unsent/phone-store.ts';
import { dropPhoneText, dropSentDraft, markSent, resume, stepOf, unsentDraft } from './draft.client.ts';

const phone = usePhoneStore();
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
afterEach(() => stored.clear());

const typed = (body: string, id = '1') => {
	const texts = { body: [body], submission_id: [id] };
	stored.set('draft:pengaduan', JSON.stringify({ texts, at: Date.now(), sent: false }));
	return texts;
};

it('deletes the draft of the report that was sent, and not the next one', async () => {
	typed('Kursi patah.');
	markSent('pengaduan');
	await dropSentDraft('pengaduan');
	expect(stored.size).toBe(0);
	// The person writes again, goes back to the receipt to look at the code, and the receipt's script runs once more.
	typed('Antrean tidak bergerak.');
	await dropSentDraft('pengaduan');
	expect(stored.get('draft:pengaduan')).toContain('Antrean tidak bergerak.');
});

it('deletes the text of the phone, and what another person writes in this tab stays', async () => {
	await saveText('pengaduan', typed('Kursi patah.', '1'));
	typed('Antrean tidak bergerak.', '2');
	await dropPhoneText('pengaduan');
	expect(phone.rows.size).toBe(0);
	expect(stored.get('draft:pengaduan')).toContain('Antrean tidak bergerak.');
	await saveText('pengaduan', typed('Kursi patah.', '1'));
	await dropPhoneText('pengaduan');
	expect(phone.rows.size + stored.size).toBe(0);
});

it('lets the form go on with the text of the phone in its step, and leaves what this tab has', () => {
	resume('pengaduan', { body: ['Kursi patah.'], '#': ['#bagian-3'] });
	const draft = unsentDraft('pengaduan');
	expect(draft).toMatchObject({ body: ['Kursi patah.'] });
	expect(stepOf(draft ?? {})).toBe('#bagian-3');
	typed('Antrean tidak bergerak.');
	resume('pengaduan', { body: ['Kursi patah.'] });
	expect(unsentDraft('pengaduan')?.body).toEqual(['Antrean tidak bergerak.']);
	expect(stepOf(unsentDraft('pengaduan') ?? {})).toBe('');
	markSent('pengaduan');
	expect(unsentDraft('pengaduan')).toBeUndefined();
});
