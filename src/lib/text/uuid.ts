/** Whether a text from an address or a form is a UUID. The database would give an error of its own for other text. */
export function isUuid(text: string): boolean {
	return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
