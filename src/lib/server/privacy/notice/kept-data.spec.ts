import { globSync, readFileSync } from 'node:fs';
import { getTableColumns } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { draftsIn } from '#lib/ui/form/unsent/browser-drafts.ts';
import { storableDraft } from '#lib/cases/storable-draft.ts';
import { isFresh, PHONE_KEPT_MS } from '#lib/ui/form/unsent/phone-store.ts';
import { BUDGETS, NETWORK_MS } from '#lib/server/rate-limits.ts';
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
	// `name` is the encrypted one, and `stored` gives each its prefix.
	expect(plain.sort()).toEqual(
		['LANGUAGE_COOKIE', 'FORGET_COOKIE', 'SESSION_COOKIE', 'ROOMY', 'COOKIE', 'name', 'stored'].sort()
	);
});

/** Citizens' pages and their scripts that contain the text. The office's own tablet keeps its ratings in its own way. */
const citizenFiles = (text: RegExp) =>
	globSync('src/routes/(citizen)/**/*.{ts,svelte}', { exclude: ['**/kiosk/**', '**/*.spec.ts'] })
		.filter((path) => text.test(readFileSync(path, 'utf8')))
		.map((path) => path.replace(/^.*\//, ''))
		.sort();

test('citizens’ pages keep what was typed in the tab, until it is looked for after a day', () => {
	const stored = new Map<string, string>();
	const tab = {
		getItem: (key: string) => stored.get(key) ?? null,
		setItem: (key: string, value: string) => void stored.set(key, value),
		removeItem: (key: string) => void stored.delete(key)
	} as unknown as Storage;
	const drafts = draftsIn<{ body: string }>(() => tab, PHONE_KEPT_MS);
	vi.useFakeTimers();
	try {
		drafts.keep('draft:saran', { body: 'Kursi patah.' });
		vi.advanceTimersByTime(DAY_MS - 1);
		expect(drafts.kept('draft:saran')).toEqual({ body: 'Kursi patah.' });
		expect(isFresh({ at: Date.now() - DAY_MS + 1 })).toBe(true);
		vi.advanceTimersByTime(1);
		expect(drafts.kept('draft:saran')).toBeUndefined();
		expect(stored.size).toBe(0);
		// So does the store in which text is kept if the person asks for it.
		for (const at of [Date.now() - DAY_MS, Date.now() + DAY_MS]) expect(isFresh({ at })).toBe(false);
		// The phone's clock was ahead, and has been set.
		drafts.keep('draft:saran', { body: 'Kursi patah.' });
		vi.setSystemTime(Date.now() - DAY_MS);
		expect(drafts.kept('draft:saran')).toBeUndefined();
	} finally {
		vi.useRealTimers();
	}
	expect(readFileSync('src/routes/(citizen)/form/draft.client.ts', 'utf8')).toMatch(
		/const tab = \(\) => sessionStorage;\s*const inTab = draftsIn<PhoneTexts>\(tab, PHONE_KEPT_MS\);/
	);
	expect(citizenFiles(/sessionStorage/)).toEqual(['draft.client.ts']);
	expect(citizenFiles(/localStorage|indexedDB|openDB/)).toEqual([]);
	expect(citizenFiles(/phone-store/)).toEqual([
		'background-sync.client.ts',
		'draft.client.ts',
		'offline.client.ts',
		// It reads the text, and the tab gets it when the person goes on with it.
		'waiting-drafts.client.ts'
	]);
});

test('a phone keeps text only if asked to, without names unless open', () => {
	const script = readFileSync('src/routes/(citizen)/form/draft.client.ts', 'utf8');
	expect(script.match(/saveText\(/g)).toHaveLength(1);
	expect(script).toMatch(
		/if \(!box\?\.checked\) return;[^]{1,150}if \(texts\) void saveText\(name, storableDraft\(texts\)\)/
	);
	const person = { 'reporter.name': ['Siti'], 'reporter.phone': ['0812'], consent_lapor: ['true'] };
	for (const identity of ['withheld', 'none']) {
		const texts = { body: ['Kursi patah.'], identity: [identity] };
		expect(storableDraft({ ...texts, ...person })).toEqual(texts);
	}
	expect(storableDraft(person)).toEqual({});
	const named = { ...person, identity: ['named'] };
	expect(storableDraft(named)).toEqual(named);
});

test('a phone keeps only ratings of the forms that were not sent', () => {
	expect(citizenFiles(/keepRating/)).toEqual(['background-sync.client.ts']);
	expect(citizenFiles(/<CitizenForm[^>]* later\b/)).toEqual(['RatingFields.svelte']);
	const worker = readFileSync('src/service-worker.ts', 'utf8');
	expect(worker.match(/from '.*phone-store.ts'|waitingRatings\(\)|savedText/g)).toHaveLength(2);
});

test('a phone keeps only one page of an office, the one that is shown without a connection', () => {
	const worker = readFileSync('src/service-worker.ts', 'utf8');
	// The only requests whose responses are stored: the page without cookies, in `keepShell`, and the files of a page.
	expect(worker.match(/cache\.(?:put|add|addAll)\(.*/g)).toEqual([
		'cache.put(page, response);',
		'cache.add(new Request(path, { signal }));'
	]);
	expect(worker.match(/keepShell\(.*/g)).toEqual([
		'keepShell(cache, shellOf(path)))) return;',
		"keepShell(cache, page, { credentials: 'omit' }))) return;",
		'keepShell(cache: Cache, page: string, init: RequestInit = {}): Promise<boolean> {'
	]);
	const caches = /caches\.|serviceWorker/;
	expect(citizenFiles(caches)).toEqual(['background-sync.client.ts']);
	expect(caches.test(readFileSync('src/app.html', 'utf8'))).toBe(true);
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
	// A limit's row is deleted at the latest an hour after its time is over.
	const longest = Math.max(
		NETWORK_MS,
		...Object.entries(BUDGETS).flatMap(([name, { seconds }]) => (name.includes('address') ? [seconds * 1000] : []))
	);
	expect(longest + 2 * HOUR_MS).toBeLessThanOrEqual(DAY_MS);
	const columns = [...Object.keys(getTableColumns(cases)), ...Object.keys(getTableColumns(ratings))];
	expect(columns.filter((name) => /address|^ip$|network|device/i.test(name))).toEqual([]);
});
