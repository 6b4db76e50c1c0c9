const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a piece of an address can be a row's id at all: anything else is simply not there. */
export function isId(text: string): boolean {
	return UUID.test(text);
}
