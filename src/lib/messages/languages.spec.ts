import { globSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const areas = readdirSync(folder).flatMap((file) => /^(\w+)\.id\.json$/.exec(file)?.[1] ?? []);

type Value = string | readonly unknown[];
const read = (area: string, language: 'id' | 'en'): Record<string, Value> =>
	JSON.parse(readFileSync(`${folder}/${area}.${language}.json`, 'utf8'));
const keys = areas.flatMap((area) => Object.keys(read(area, 'id')));
const blanks = (value: Value) =>
	[...new Set([...JSON.stringify(value).matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

const code = globSync('src/**/*.{ts,svelte}', { exclude: (path) => path.includes('paraglide') })
	.map((path) => readFileSync(path, 'utf8'))
	.join('\n');
/** Everything in the code that may be a message's name, or a part of one; codes of errors are written with hyphens. */
const words = new Set(code.match(/[\w-]+/g)?.flatMap((word) => [word.replaceAll('-', '_'), ...word.split('-')]));
/** Names that are put together: `prefix_${…}_suffix`. */
const patterns = [...code.matchAll(/`(\w+[_-]|)\$\{[^`]*?\}([\w-]*)`/g)]
	.map(([, ...ends]) => ends.map((end = '') => end.replaceAll('-', '_')) as [prefix: string, suffix: string])
	.filter(([prefix, suffix]) => prefix + suffix !== '');

const isUsed = (key: string): boolean =>
	words.has(key) ||
	patterns.some(([prefix, suffix]) => {
		const middle = key.slice(prefix.length, key.length - suffix.length);
		return middle !== '' && `${prefix}${middle}${suffix}` === key && isUsed(middle);
	});

describe('messages', () => {
	it.each(areas)('%s says the same things in both languages, with the same blanks to fill', (area) => {
		const indonesian = read(area, 'id');
		const english = read(area, 'en');
		expect(Object.keys(english).sort()).toEqual(Object.keys(indonesian).sort());
		for (const [key, value] of Object.entries(indonesian)) {
			expect(blanks(english[key] ?? ''), key).toEqual(blanks(value));
			expect(value.length, key).toBeGreaterThan(0);
		}
	});

	it('has no key that no code uses: such a key is deleted in both languages', () => {
		expect(keys.filter((key) => !isUsed(key))).toEqual([]);
	});

	it('has no key in two areas', () => {
		expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
	});

	const guides = fileURLToPath(new URL('../../../docs/panduan', import.meta.url));
	it.each([
		...areas.map((area) => [`${area}.id.json`, folder]),
		...readdirSync(guides).map((guide) => [guide, guides])
	])('%s says e-mail, server, batas waktu and kanal, and has no second word for them', (file, from) => {
		expect(readFileSync(`${from}/${file}`, 'utf8')).not.toMatch(
			/\b(surel|peladen|tenggat|saluran|kadar|pengelola situs)(nya)?\b/i
		);
	});
});
