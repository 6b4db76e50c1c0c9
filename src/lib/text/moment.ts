const WRITTEN = /^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Whether the text is an instant as `toISOString` writes it: what cursors of lists carry. Not 30 February, which `Date` takes
 * for 2 March and a database for nothing.
 */
export function isMoment(text: string): boolean {
	return WRITTEN.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
}
