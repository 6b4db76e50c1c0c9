const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a part of an address can be the id of a row; anything else is not found. */
export function isId(text: string): boolean {
	return UUID.test(text);
}
