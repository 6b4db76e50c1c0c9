/** The values of a row under the names of the file, of which the schema keeps those that belong into a copy. */
export const named = (row: object): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(row).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value])
	);
