import { afterEach, beforeEach, vi } from 'vitest';

/** What the phone keeps, by key. */
const kept = new Map<string, { key: string }>();
let connections: { closed: boolean }[] = [];

/** As much of IndexedDB as the store of a phone uses. The browser ends a transaction after its requests. */
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

/** Gives each test of a file an empty store of the phone. */
export function usePhoneStore() {
	/** Closes all connections, as a browser may do at any time. */
	const close = () => connections.forEach((one) => (one.closed = true));
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
		// The module under test keeps its connection, and the specs of other files share that module.
		close();
		kept.clear();
		connections = [];
	});
	return { kept, close, opened: () => connections.length };
}
