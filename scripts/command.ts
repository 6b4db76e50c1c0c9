import { parseArgs } from 'node:util';
import { StartError } from '#lib/server/errors.ts';

/** The default of each option, which also gives its type. */
type Usual = Record<string, number | string | boolean>;
type Given<T extends Usual> = {
	[Name in keyof T]: T[Name] extends number ? number : T[Name] extends boolean ? boolean : string;
};

/** Reads an option as a whole number above `above`. @throws StartError */
function wholeNumber(text: string, option: string, above = 0): number {
	const value = Number(text);
	if (!/^\d{1,9}$/.test(text) || value <= above)
		throw new StartError(`${option} wants a whole number above ${above}, not ${text}`);
	return value;
}

/**
 * The options of the command line, of the kinds that `usual` has.
 *
 * @param above what numbers must be above, where that is not 0
 * @throws StartError for a number that is none; TypeError for an option that there isn't
 */
export function readOptions<const T extends Usual>(usual: T, above: Partial<Record<keyof T, number>> = {}): Given<T> {
	const known = Object.entries(usual).map(([name, value]) =>
		typeof value === 'boolean'
			? [name, { type: 'boolean', default: value } as const]
			: [name, { type: 'string', default: String(value) } as const]
	);
	const { values } = parseArgs({ options: Object.fromEntries(known) });
	const read = Object.entries(usual).map(([name, value]) => {
		const given = (values as Record<string, unknown>)[name];
		return [name, typeof value === 'number' ? wholeNumber(String(given), `--${name}`, above[name]) : given];
	});
	return Object.fromEntries(read) as Given<T>;
}

/** Runs a command to its end. Says in one line why it can't go on; a wrong option shows how to use it. Other faults are thrown. */
export async function runCommand(usage: string, work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (error instanceof StartError) console.error(`spatula: ${error.message}`);
		else if (error instanceof DOMException && error.name === 'TimeoutError')
			console.error('spatula: it did not end in its time');
		else if (error instanceof TypeError && 'code' in error) console.error(`${error.message}\n\n${usage}`);
		else throw error;
		process.exitCode = 1;
	}
}
