const ISO_INSTANT = /^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Whether the text is an instant in the format of `toISOString`, as used in cursors of lists. Refuses 30 February,
 * which `Date` reads as 2 March and the database refuses.
 */
export function isIsoInstant(text: string): boolean {
	return ISO_INSTANT.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
}
