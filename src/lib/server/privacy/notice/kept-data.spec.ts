import { globSync, readFileSync } from 'node:fs';
import { getTableColumns } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { BUDGETS } from '#lib/server/people/rate-limits.ts';
import config from '../../../../../svelte.config.js';

const source = (pattern: string) =>
	globSync(pattern, { exclude: ['**/*.spec.ts', 'src/lib/paraglide/**'] }).map((path) => readFileSync(path, 'utf8'));

test('a rating stores what the notice lists, and nothing else', () => {
	expect(Object.keys(getTableColumns(ratings)).sort()).toEqual(
		[
			...['id', 'unitId', 'officerId', 'placeId', 'service', 'source', 'verified', 'day'],
			...['score', 'courtesy', 'speed', 'knowledge', 'tags', 'comment', 'commentHash', 'commentFlags', 'signals'],
			// What managers decided, and hashes that recognise a repeated submission.
			...['state', 'stateReason', 'stateBy', 'decidedLate', 'submissionHash', 'contentHash']
		].sort()
	);
});

test('a visit stores what the notice lists, and nothing else', () => {
	expect(Object.keys(getTableColumns(visits)).sort()).toEqual(
		[
			...['id', 'unitId', 'service', 'officerId', 'channel', 'purpose', 'placeId', 'externalRef'],
			...['day', 'createdAt', 'createdBy', 'begunAt', 'closedAt', 'expiresAt', 'usedOn', 'tokenHash'],
			// They belong to the staff member's device and form, not to the visitor.
			...['madeByDevice', 'openedByMaker', 'openedTooSoon', 'contentHash']
		].sort()
	);
});

test('a survey form stores what the notice lists, and nothing else', () => {
	expect(Object.keys(getTableColumns(skmResponses)).sort()).toEqual(
		[
			...['id', 'unitId', 'service', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9', 'day'],
			...['sex', 'age', 'education', 'occupation', 'suggestion'],
			// What managers decided, and hashes that recognise a repeated submission.
			...['state', 'stateReason', 'stateBy', 'submissionHash', 'contentHash']
		].sort()
	);
});

test('the site sets the cookies that the notice lists, and no others', () => {
	const all = source('src/**/*.ts').join('\n');
	const encrypted = [...all.matchAll(/encryptedCookie<[^()]*?>\(\s*'(\w+)'/g)].map(([, name]) => name);
	const plain = [...all.matchAll(/cookies\.set\(\s*('?\w+'?)/g)].map(([, name]) => name);
	expect(encrypted.sort()).toEqual(
		[
			...['tempat', 'perangkat', 'diketahui', 'undangan', 'terima', 'lacak'],
			...['perangkat_masuk', 'kode_masuk', 'meja', 'cetak', 'kiosk']
		].sort()
	);
	// `name` is the encrypted one.
	expect(plain.sort()).toEqual(["'lang'", 'FORGET_COOKIE', 'SESSION_COOKIE', 'ROOMY', 'name'].sort());
});

test('citizens’ pages keep typed words in the tab only', () => {
	const drafts = readFileSync('src/routes/(citizen)/draft.client.ts', 'utf8');
	expect(drafts).toContain('sessionStorage.setItem');
	const lasting = globSync('src/routes/(citizen)/**/*.{ts,svelte}').filter((path) =>
		/localStorage|indexedDB|kept-drafts/.test(readFileSync(path, 'utf8'))
	);
	// The office's own tablet keeps ratings that were given while it had no connection.
	expect(lasting.filter((path) => !path.includes('/kiosk/'))).toEqual([]);
});

test('no page may load anything from another site', () => {
	const directives = Object.entries(config.kit?.csp?.directives ?? {});
	expect(config.kit?.csp?.directives?.['default-src']).toEqual(['self']);
	const others = directives.flatMap(([, sources]) =>
		[sources].flat().filter((one) => /^(?:https?:|\*)|\.\w+$/.test(String(one)))
	);
	expect(others).toEqual([]);
});

test('a network address is counted for at most a day, apart from reports', () => {
	// A limit's row is deleted at the latest an hour and five minutes after its time is over.
	const longest = Math.max(
		...Object.entries(BUDGETS).flatMap(([name, { seconds }]) => (name.includes('address') ? [seconds * 1000] : []))
	);
	expect(longest + 2 * HOUR_MS).toBeLessThanOrEqual(DAY_MS);
	const columns = [...Object.keys(getTableColumns(cases)), ...Object.keys(getTableColumns(ratings))];
	expect(columns.filter((name) => /address|^ip$|network|device/i.test(name))).toEqual([]);
});
