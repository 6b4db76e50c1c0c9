import { invalid } from '#lib/server/errors.ts';

function valueOf<T extends string>(name: string, values: readonly T[], input: string): T {
	const value = values.find((candidate) => candidate === input);
	if (!value) throw invalid(name, 'query_invalid');
	return value;
}

/** Reads a parameter with a closed list of values; undefined without one. @throws Invalid naming the parameter */
export function chosen<T extends string>(query: URLSearchParams, name: string, values: readonly T[]): T | undefined {
	const input = query.get(name);
	return input ? valueOf(name, values, input) : undefined;
}

/** Reads a parameter with several values, separated by commas or by repeating the parameter. */
export function chosenList<T extends string>(query: URLSearchParams, name: string, values: readonly T[]): T[] {
	const inputs = query.getAll(name).flatMap((part) => part.split(',').filter(Boolean));
	return inputs.map((input) => valueOf(name, values, input));
}

/** Reads the parameter `cursor`; undefined without one. @throws Invalid if the list gives no such cursor */
export function cursorIn(query: URLSearchParams, isCursor: (cursor: string) => boolean): string | undefined {
	const cursor = query.get('cursor') || undefined;
	if (cursor && !isCursor(cursor)) throw invalid('cursor', 'query_invalid');
	return cursor;
}
