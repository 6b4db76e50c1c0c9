/** The values of a row under their names in the file, whose schema then drops those that do not belong into a copy. */
export const snakeCaseKeys = (row: object): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(row).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value])
	);
