import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file of the program, both from the sources and from the build. */
export function programFile(path: string): string {
	for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
		const candidate = join(folder, path);
		if (existsSync(candidate)) return candidate;
	}
	throw new Error(`${path} is missing beside the program`);
}
