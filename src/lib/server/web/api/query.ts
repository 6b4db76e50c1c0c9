import { Invalid } from '#lib/server/errors.ts';

/** One value of a closed list, or absent. @throws Invalid naming the parameter */
export function chosen<T extends string>(query: URLSearchParams, name: string, values: readonly T[]): T | undefined {
	const given = query.get(name);
	if (!given) return undefined;
	const value = values.find((candidate) => candidate === given);
	if (!value) throw new Invalid([{ path: name, code: 'query_invalid' }]);
	return value;
}

/** Several values, separated by commas or by repeating the parameter. */
export function chosenList<T extends string>(query: URLSearchParams, name: string, values: readonly T[]): T[] {
	const given = query.getAll(name).flatMap((part) => part.split(',').filter(Boolean));
	return given.map((one) => {
		const value = values.find((candidate) => candidate === one);
		if (!value) throw new Invalid([{ path: name, code: 'query_invalid' }]);
		return value;
	});
}
