import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SECRETS, SETTING_NAMES } from './env.ts';
import { MOST_READ_BYTES } from './uploads/limits.ts';

const read = (path: string) => readFileSync(path, 'utf8');

/** Not documented for operators: used only by tests, or set by the platform. */
const OTHERS = ['CHROMIUM_PATH', 'TEST_DATABASE_URL', 'NODE_ENV'];
/** Settings of the containers only. */
const OF_CONTAINERS = ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD'];

const named = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, name = '']) => name));

test('the README lists every setting and no unknown one', () => {
	const table = read('README.md')
		.split('\n')
		.filter((line) => /^\| `[A-Z]/.test(line));
	const listed = named(table.map((line) => line.split('|')[1]).join(), /`([A-Z_]+)`/g);
	expect([...SETTING_NAMES].filter((name) => !listed.has(name) && !OTHERS.includes(name))).toEqual([]);
	expect([...listed].filter((name) => !SETTING_NAMES.includes(name) && !OTHERS.includes(name))).toEqual([]);
});

test.each([
	['docs/running/spatula.service', /(?:^Environment=|\s)([A-Z_]{3,})=/gm],
	['docs/running/spatula-run', /\b([A-Z_]{4,})=/g],
	['docs/running/README.md', /\b([A-Z_]{4,})=/g],
	['docs/panduan/instalasi.md', /^ *\| `([A-Z_]+)`/gm],
	['docs/panduan/cadangan.md', /\b([A-Z_]{4,})=/g],
	['Dockerfile', /\b([A-Z_]{4,})=/g],
	['compose.yaml', /^ +([A-Z_]+):/gm]
])('%s names only existing settings', (path, pattern) => {
	const names = named(read(path), pattern);
	expect(names.size).toBeGreaterThan(1);
	const known = [...SETTING_NAMES, ...SECRETS.map((name) => `${name}_FILE`), ...OTHERS, ...OF_CONTAINERS];
	expect([...names].filter((name) => !known.includes(name))).toEqual([]);
});

test.each([
	['nginx.conf', /client_max_body_size (\d+)m;/],
	['Caddyfile', /max_size (\d+)MiB/]
])('%s forwards the largest form that the site can read and return', (file, pattern) => {
	const [, megabytes] = pattern.exec(read(`docs/running/${file}`)) ?? [];
	expect(Number(megabytes) * 1024 ** 2).toBeGreaterThan(MOST_READ_BYTES);
});
