import { Invalid } from '../errors.ts';

/** The JSON body of a call as it came; a schema reads it. @throws Invalid `json_unreadable` */
export async function jsonBody(request: Request): Promise<unknown> {
	try {
		// No database stores a NUL as text.
		return JSON.parse(await request.text(), (_, value: unknown) =>
			typeof value === 'string' ? value.replaceAll('\0', '') : value
		);
	} catch {
		throw new Invalid([{ path: '', code: 'json_unreadable' }]);
	}
}
