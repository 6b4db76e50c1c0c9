import { afterEach, beforeEach, vi } from 'vitest';

/** Rows of the fake database, by key. */
const rows = new Map<string, { key: string }>();
let connections: { closed: boolean }[] = [];

/** A connection with the calls that `ui/form/unsent/phone-store.ts` makes. Its transaction completes after its requests. */
function connection() {
	const state = { closed: false };
	connections.push(state);
	const store = {
		getAll: () => ({ result: [...rows.values()] }),
		get: (key: string) => ({ result: rows.get(key) }),
		put: (row: { key: string }) => ({ result: void rows.set(row.key, row) }),
		delete: (key: string) => ({ result: void rows.delete(key) })
	};
	const transaction = () => {
		if (state.closed) throw new DOMException('The connection is closed.', 'InvalidStateError');
		const begun = { objectStore: () => store, oncomplete: () => undefined };
		queueMicrotask(() => begun.oncomplete());
		return begun;
	};
	return { transaction };
}

/** Gives each test of a file an empty fake of IndexedDB. */
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
		rows.clear();
		connections = [];
	});
	return { rows, close, opened: () => connections.length };
}
