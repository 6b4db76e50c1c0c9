/** Items that arrive within this time are written together. Far shorter than a call. */
const MOMENT_MS = 10;

interface Waiting<T> {
	item: T;
	done: () => void;
	failed: (error: unknown) => void;
}

/**
 * Collects items and writes them in groups. The first item waits a moment for others, and items that arrive during a write
 * form the next group. Each caller's promise settles with its own group.
 */
export function gathering<T>(write: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
	let waiting: Waiting<T>[] = [];
	let writing = false;
	const writeAll = async () => {
		writing = true;
		await new Promise((moment) => setTimeout(moment, MOMENT_MS));
		while (waiting.length > 0) {
			const group = waiting;
			waiting = [];
			try {
				await write(group.map(({ item }) => item));
				for (const { done } of group) done();
			} catch (error) {
				for (const { failed } of group) failed(error);
			}
		}
		writing = false;
	};
	return (item) =>
		new Promise((done, failed) => {
			waiting.push({ item, done, failed });
			if (!writing) void writeAll();
		});
}

/** Waits for all promises, even if one fails, and then throws the first failure. */
export async function untilAllEnded(all: readonly Promise<unknown>[]): Promise<void> {
	const failed = (await Promise.allSettled(all)).find((one) => one.status === 'rejected');
	if (failed) throw failed.reason;
}
