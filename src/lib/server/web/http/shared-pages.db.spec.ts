import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { placeCookie, receiptCookie } from '../cookies/citizen-cookies.ts';
import { SESSION_COOKIE } from '../cookies/session-cookie.ts';
import { hiddenFields } from '../forms/bot-check.ts';
import { remembersLanguage, sharedPages } from './shared-pages.ts';

const RATING = '/(citizen)/[unit]/nilai';

interface PageRequest {
	route?: string;
	path?: string;
	lang?: 'id' | 'en';
	cookies?: Record<string, string>;
	method?: string;
	isDataRequest?: boolean;
	/** What the page shows besides its hidden fields. */
	shows?: string;
	answers?: ResponseInit;
}

let rendered = 0;

/** One request. @returns the response, its text, and whether the page was rendered for it */
async function requestPage({
	route = RATING,
	path = '/mamuju/nilai',
	lang = 'id',
	cookies = {},
	method = 'GET',
	isDataRequest = false,
	shows = '',
	answers = {}
}: PageRequest = {}) {
	const jar = new Map(Object.entries(cookies));
	const event = requestTo(path, { lang, method, jar, route: { id: route }, isDataRequest });
	const before = rendered;
	const response = await sharedPages({
		event,
		resolve: async () => {
			rendered += 1;
			const { submissionId, opened } = await hiddenFields(event);
			const nonce = randomBytes(16).toString('base64');
			const headers = new Headers(answers.headers);
			headers.set('content-security-policy', `style-src 'nonce-${nonce}'`);
			return new Response(`${nonce} ${submissionId} ${opened} ${shows}`, { ...answers, headers });
		}
	});
	return { response, text: await response.text(), isRendered: rendered > before };
}

const at = (time: string) => () => new Date(`2026-12-01T${time}Z`);
let hour = 0;
/** Runs `work` in a minute of its own, for which no other test has stored a page. */
const inOneMinute = <T>(work: () => Promise<T>) => withClock(at(`${String(hour++).padStart(2, '0')}:00:01`), work);

test('a page is rendered once, and each request has its own nonce and hidden fields', () =>
	inOneMinute(async () => {
		const [one, two, three] = [await requestPage({ shows: 'sama' }), await requestPage(), await requestPage()];
		expect([one.isRendered, two.isRendered, three.isRendered]).toEqual([true, false, false]);
		const values = [one, two, three].map(({ text }) => text.split(' '));
		for (const place of [0, 1, 2]) expect(new Set(values.map((parts) => parts[place])).size).toBe(3);
		expect(values.map((parts) => parts[3])).toEqual(['sama', 'sama', 'sama']);
		expect(two.response.headers.get('content-security-policy')).toBe(`style-src 'nonce-${values[1]?.[0]}'`);
	}));

test('a page is shared only by requests for the same address, query, language and place', () =>
	inOneMinute(async () => {
		const place = async (code: string) => {
			const jar: Record<string, string> = {};
			await placeCookie.write({ set: (name: string, value: string) => (jar[name] = value) } as never, { code });
			return jar;
		};
		const requests: PageRequest[] = [
			{},
			{ lang: 'en' },
			{ path: '/majene/nilai' },
			{ path: '/mamuju/nilai?petugas=semua' },
			{ cookies: await place('MMJPTG') },
			{ cookies: await place('MMJKTK') }
		];
		for (const [index, one] of requests.entries()) {
			const { text } = await requestPage({ ...one, shows: `halaman-${index}` });
			expect(text).toContain(`halaman-${index}`);
		}
		for (const [index, one] of requests.entries()) {
			const { text, isRendered } = await requestPage(one);
			expect([text.split(' ')[3], isRendered]).toEqual([`halaman-${index}`, false]);
		}
		// A forged cookie is no place.
		const forged = await requestPage({ cookies: { [placeCookie.name]: 'MMJPTG' } });
		expect(forged.text).toContain('halaman-0');
	}));

test('the page for phones without a connection is shared in the language of its address', () =>
	inOneMinute(async () => {
		const page = { route: '/(citizen)/[unit]/tanpa-koneksi', path: '/mamuju/tanpa-koneksi?lang=en' };
		expect((await requestPage(page)).isRendered).toBe(true);
		expect((await requestPage(page)).isRendered).toBe(false);
		expect((await requestPage({ ...page, path: '/mamuju/tanpa-koneksi?lang=id' })).isRendered).toBe(true);
	}));

test('a page requested with any other cookie is neither stored nor served from the store', () =>
	inOneMinute(async () => {
		for (const name of [
			SESSION_COOKIE,
			receiptCookie.name,
			'undangan',
			'diketahui',
			'perangkat',
			'lupakan',
			'apa-saja'
		]) {
			const own = { cookies: { lang: 'id', [name]: '1' }, shows: `milik-${name}` };
			expect((await requestPage(own)).isRendered).toBe(true);
		}
		expect((await requestPage({ shows: 'umum' })).text).toContain('umum');
		expect(await requestPage({ cookies: { lang: 'id' } })).toMatchObject({ isRendered: false });
		expect((await requestPage({ cookies: { [receiptCookie.name]: '1' }, shows: 'milik-sendiri' })).text).toContain(
			'sendiri'
		);
	}));

test.each<[string, PageRequest]>([
	['another route', { route: '/(citizen)/lacak' }],
	['an unknown query', { path: '/mamuju/nilai?lang=en' }],
	['a sent form', { method: 'POST' }],
	['a request for the headers', { method: 'HEAD' }],
	['a request for data', { isDataRequest: true }],
	['a response with a cookie', { answers: { headers: { 'set-cookie': 'a=b' } } }],
	['an error', { answers: { status: 404 } }]
])('%s is rendered each time', (_, one) =>
	inOneMinute(async () => {
		expect((await requestPage(one)).isRendered).toBe(true);
		expect((await requestPage(one)).isRendered).toBe(true);
	})
);

test('a change of the reference data and a new minute drop every page', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	await withClock(at('23:00:59'), async () => {
		expect((await requestPage()).isRendered).toBe(true);
		expect((await requestPage()).isRendered).toBe(false);
		await transaction((tx) => tx.update(officers).set({ name: 'Nama Contoh Baru' }).where(eq(officers.id, officer.id)));
		expect((await requestPage()).isRendered).toBe(true);
		expect((await requestPage()).isRendered).toBe(false);
	});
	await withClock(at('23:01:00'), async () => expect((await requestPage()).isRendered).toBe(true));
});

test('however many addresses are requested, few pages are stored', () =>
	inOneMinute(async () => {
		for (let n = 0; n < 250; n++) await requestPage({ path: `/mamuju/nilai/${n}` });
		expect((await requestPage({ path: '/mamuju/nilai/0' })).isRendered).toBe(true);
		expect((await requestPage({ path: '/mamuju/nilai/249' })).isRendered).toBe(false);
	}));

test('a language in the address of the API is not remembered, because programs keep no cookies', () => {
	expect(['/api/v1/cases', '/(citizen)/[unit]'].map(remembersLanguage)).toEqual([false, true]);
});
