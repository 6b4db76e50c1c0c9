/** Whether the text is an instant as `toISOString` writes it: what cursors of lists carry. */
export function isMoment(text: string): boolean {
	return /^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
