import { sideBySide, type Comparison } from '../ratings/side-by-side.ts';
import { ownDatabase, ownServer, undone, type Undo } from '../../long-run.ts';
import { callsOf } from './calls.ts';
import { fillDatabase } from './filled.ts';
import { noted, wholeReads } from './plans.ts';

export interface DeskBench {
	/** How many cases lie in the small and in the large database. */
	sizes: readonly [number, number];
	signal: AbortSignal;
	say: (line: string) => void;
}

export interface DeskFindings {
	compared: Comparison[];
	/** Statements of the large database that read a whole table. */
	wholeReads: string[];
}

/**
 * Measures what people at the desk wait for on two databases of one province that differ in the number of cases alone, and
 * looks at the plan of every statement they cause on the large one.
 *
 * @throws where it is ended by `signal`; nothing is left running or lying about
 */
export async function benchDesk({ sizes, signal, say }: DeskBench): Promise<DeskFindings> {
	return undone(signal, (undo) => measure(sizes, undo, say));
}

async function measure(sizes: DeskBench['sizes'], undo: Undo, say: DeskBench['say']): Promise<DeskFindings> {
	const server = await ownServer(undo);
	const [small, large] = [await opened(server.url, sizes[0], undo, say), await opened(server.url, sizes[1], undo, say)];
	const compared: Comparison[] = [];
	for (const [index, call] of small.calls.entries()) {
		const same = large.calls[index];
		if (same) compared.push(await sideBySide(call, same));
	}
	// A board of a year counts a fifth of all cases; for that, reading a table whole can be cheapest.
	const lists = large.calls.filter(({ name }) => !name.startsWith('board'));
	return { compared, wholeReads: await wholeReads(large.url, lists, large.statements) };
}

async function opened(server: string, cases: number, undo: Undo, say: DeskBench['say']) {
	const url = await ownDatabase(server, `spatula_bench_desk_${cases}`, undo);
	say(await fillDatabase(url, cases));
	const { handle, statements } = noted(url);
	undo.push(() => handle.close());
	return { url, statements, calls: await callsOf(handle, cases) };
}
