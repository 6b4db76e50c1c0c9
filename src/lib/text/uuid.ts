/** The pattern of a UUID in small letters. */
export const UUID_SOURCE = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const UUID = new RegExp(`^${UUID_SOURCE}$`, 'i');

/** Whether a text from an address or a form is a UUID. The database would give an error of its own for other text. */
export function isUuid(text: string): boolean {
	return UUID.test(text);
}
