import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Imports a server file of the routes, for specs that call it as SvelteKit does. Undefined if there is none.
 *
 * @param path below `src/routes`
 */
export async function importRoute<T>(path: string): Promise<T | undefined> {
	const file = resolve('src/routes', path);
	return existsSync(file) ? ((await import(pathToFileURL(file).href)) as T) : undefined;
}
