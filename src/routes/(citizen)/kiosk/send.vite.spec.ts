import { decodeJwt } from 'jose';
import { expect, it, vi } from 'vitest';
import type { TabletRating } from '#lib/ratings/kiosk.ts';
import { closeAll, storeRating, storedCounts, storeKeyKnown } from './offline-ratings.client.ts';
import { keepSending } from './send.client.ts';

const { stores } = vi.hoisted(() => {
	/** The values of a store by key. */
	const rows = (path: string) => {
		const values = new Map<string, Record<string, unknown>>();
		return {
			get: async (key: string) => values.get(key),
			put: async (value: Record<string, unknown>) => void values.set(String(value[path]), value),
			delete: async (key: string) => values.delete(key),
			getAll: async () => [...values.values()]
		};
	};
	return { stores: { ratings: rows('submission_id'), devices: rows('kiosk') } };
});
type Name = keyof typeof stores;
vi.mock('idb', () => ({
	openDB: async () => ({
		get: (name: Name, key: string) => stores[name].get(key),
		put: (name: Name, value: Record<string, unknown>) => stores[name].put(value),
		delete: (name: Name, key: string) => stores[name].delete(key),
		getAll: (name: Name) => stores[name].getAll(),
		transaction: (name: Name) => ({ store: stores[name], done: undefined })
	})
}));

it('ratings of a pairing that the server no longer knows are signed again, and do not hold back those of the current one', async () => {
	const accepted: unknown[] = [];
	let formerRequests = 0;
	vi.stubGlobal('addEventListener', vi.fn());
	vi.stubGlobal('removeEventListener', vi.fn());
	vi.stubGlobal('localStorage', { setItem: vi.fn() });
	vi.stubGlobal('fetch', async (path: string, { body }: { body: string }) => {
		if (path === '/kiosk/key') return new Response(null, { status: 204 });
		const { kiosk, ratings } = JSON.parse(body) as { kiosk: string; ratings: string[] };
		// First a proxy answers, then the site.
		const headers =
			kiosk === 'former' && ++formerRequests > 1 ? { 'content-type': 'application/problem+json' } : undefined;
		if (kiosk === 'former') return new Response(null, { status: 404, headers });
		for (const signed of ratings) accepted.push({ kiosk, ...decodeJwt<TabletRating>(signed) });
		return Response.json({ now: new Date().toISOString(), outcomes: ratings.map(() => ({ outcome: 'stored' })) });
	});
	await storeKeyKnown('former', true);
	const [earlier, later] = ['a', 'b'].map((submission_id) => ({
		submission_id,
		given_at: '2026-12-01T01:00:00Z',
		score: 4
	}));
	await storeRating('former', earlier!, true);
	await storeRating('present', later!, true);
	await closeAll();
	const sending = keepSending('present');
	sending.soon();
	await expect.poll(() => accepted).toEqual([{ kiosk: 'present', ...later }]);
	await expect.poll(storedCounts).toEqual({ unsent: 1, refused: [] });
	sending.soon();
	await expect.poll(() => formerRequests, { timeout: 5000 }).toBe(2);
	sending.soon();
	await expect
		.poll(() => accepted.slice(1), { timeout: 5000 })
		.toEqual([{ kiosk: 'present', ...earlier, signed_again: true }]);
	await expect.poll(storedCounts).toEqual({ unsent: 0, refused: [] });
	sending.stop();
	vi.unstubAllGlobals();
});
