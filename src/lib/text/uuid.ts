/** Whether a text from an address or a form is an id; the database refuses anything else with an error of its own. */
export function isUuid(text: string): boolean {
	return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
