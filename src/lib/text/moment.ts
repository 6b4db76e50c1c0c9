/** Whether the text is an instant as `toISOString` writes it: what cursors of lists carry. */
export function isMoment(text: string): boolean {
	return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
