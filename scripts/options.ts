import { parseArgs } from 'node:util';
import { mistypedSettings } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';

/** The default of each option, which also gives its type. */
type OptionDefaults = Record<string, number | string | boolean>;
type OptionValues<T extends OptionDefaults> = {
	[Name in keyof T]: T[Name] extends number ? number : T[Name] extends boolean ? boolean : string;
};

/** Reads an option as a whole number of at least `minimum`. @throws StartError */
function wholeNumber(text: string, option: string, minimum = 1): number {
	const value = Number(text);
	if (!/^\d{1,9}$/.test(text) || value < minimum)
		throw new StartError(`${option} must be a whole number of at least ${minimum}, not ${text}`);
	return value;
}

/**
 * Reads the options of the command line. Each has the type of its default.
 *
 * @param minimums the smallest allowed values of options that are numbers; 1 if not given
 * @throws StartError for an invalid number; TypeError for an unknown option
 */
export function readOptions<const T extends OptionDefaults>(
	defaults: T,
	minimums: Partial<Record<keyof T, number>> = {}
): OptionValues<T> {
	const known = Object.entries(defaults).map(([name, value]) =>
		typeof value === 'boolean'
			? [name, { type: 'boolean', default: value } as const]
			: [name, { type: 'string', default: String(value) } as const]
	);
	const { values } = parseArgs({ options: Object.fromEntries(known) });
	const entries = Object.entries(defaults).map(([name, value]) => {
		const input = (values as Record<string, unknown>)[name];
		return [name, typeof value === 'number' ? wholeNumber(String(input), `--${name}`, minimums[name]) : input];
	});
	return Object.fromEntries(entries) as OptionValues<T>;
}

/**
 * Runs a command, after warnings of settings that are probably mistyped. If it can't continue, prints the reason in one line; for an unknown option also the usage. Other
 * errors are thrown.
 */
export async function runCommand(usage: string, work: () => Promise<void>): Promise<void> {
	for (const { given, meant } of mistypedSettings())
		console.error(`${given} is not a setting and is ignored: is it meant to be ${meant}?`);
	try {
		await work();
	} catch (error) {
		// Ctrl-C at a question.
		if (error instanceof Error && error.name === 'AbortError') return void (process.exitCode = 130);
		if (error instanceof StartError) console.error(`spatula: ${error.message}`);
		else if (error instanceof DOMException && error.name === 'TimeoutError')
			console.error('spatula: it did not end in its time');
		else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_'))
			console.error(`${error.message}\n\n${usage}`);
		else throw error;
		process.exitCode = 1;
	}
}
