/** What ends within so many milliseconds is written together; a wait far below what a call takes. */
const MOMENT_MS = 10;

interface Waiting<T> {
	item: T;
	done: () => void;
	failed: (error: unknown) => void;
}

/**
 * Writes what comes in one by one in groups: the first waits a moment for others, and what comes while one group is
 * being written makes the next. Each caller hears of its own group's end.
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

/** Waits for all, also where one fails, and then fails with the first failure. */
export async function untilAllEnded(all: readonly Promise<unknown>[]): Promise<void> {
	const failed = (await Promise.allSettled(all)).find((one) => one.status === 'rejected');
	if (failed) throw failed.reason;
}
