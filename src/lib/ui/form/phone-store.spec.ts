import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deleteText, savedText, saveText } from './phone-store.ts';

/** What the phone keeps, and the connections that are open. */
const kept = new Map<string, { key: string }>();
let connections: { closed: boolean }[] = [];

/** As much of IndexedDB as the store uses. The browser ends a transaction after its requests. */
function connection() {
	const state = { closed: false };
	connections.push(state);
	const store = {
		getAll: () => ({ result: [...kept.values()] }),
		get: (key: string) => ({ result: kept.get(key) }),
		put: (row: { key: string }) => ({ result: void kept.set(row.key, row) }),
		delete: (key: string) => ({ result: void kept.delete(key) })
	};
	const transaction = () => {
		if (state.closed) throw new DOMException('The connection is closed.', 'InvalidStateError');
		const begun = { objectStore: () => store, oncomplete: () => undefined };
		queueMicrotask(() => begun.oncomplete());
		return begun;
	};
	return { transaction };
}

beforeEach(() => {
	const open = () => {
		const request = { result: connection(), onsuccess: () => undefined };
		queueMicrotask(() => request.onsuccess());
		return request;
	};
	vi.stubGlobal('indexedDB', { open });
});
afterEach(() => {
	vi.unstubAllGlobals();
	kept.clear();
	connections = [];
});

it('a text can still be stored, read and deleted after the browser has closed the store', async () => {
	const close = () => connections.forEach((one) => (one.closed = true));
	await saveText('pengaduan', { body: ['Kursi'] });
	close();
	await saveText('pengaduan', { body: ['Kursi patah.'] });
	close();
	expect(await savedText('pengaduan')).toEqual({ body: ['Kursi patah.'] });
	close();
	await deleteText('pengaduan');
	expect(kept.size).toBe(0);
	// One connection serves all, until the browser closes it.
	expect(connections).toHaveLength(4);
	expect(await savedText('pengaduan')).toBeUndefined();
	expect(connections).toHaveLength(4);
});
