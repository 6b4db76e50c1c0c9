import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { callApi, signIn } from '../site/client.ts';
import { onDatabase } from '../site/database.ts';
import { builtSite, createAccount, UNIT } from '../site/start.ts';
import type { Call } from './load.ts';

const SLUG = 'sulbar';
const OFFICERS = 12;
/** Cases that the lists of the desk show. */
const CASES = 60;

export type BenchSite = Awaited<ReturnType<typeof siteWithOffice>>;

/** A built site with an office, its officers, services and a desk, and an account that handles its cases. */
export async function siteWithOffice(database: Record<string, string>) {
	const bootstrap = crypto.randomUUID();
	const { origin, settings, start } = await builtSite({ ...database, BOOTSTRAP_TOKEN: bootstrap });
	const password = await createAccount(settings, { 'unit-slug': SLUG, roles: ['handler', 'admin'] });
	const officers = await onDatabase(database, async (ask) => {
		const kinds = SERVICE_KINDS.map((kind) => `('${kind}')`).join();
		await ask(`insert into services (unit_id, kind, name, name_en)
			select id, kind, 'Layanan ' || kind, 'Service ' || kind from units, (values ${kinds}) k (kind)`);
		// With the same ids in each database, because the bare program gets the bodies of the product.
		const officers = await ask(`insert into officers (id, unit_id, name, position)
			select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, id, 'Petugas Contoh ' || n, 'Petugas layanan'
			from units, generate_series(1, ${OFFICERS}) n returning id`);
		await ask(`insert into places (unit_id, code, kind, name, officer_id)
			select unit_id, 'LKETSA', 'desk', 'Loket 1', id from officers where id = '${String(officers[0]?.id)}'`);
		return officers.map(({ id }) => String(id));
	});
	return { origin, settings, start, password, bootstrap, bodies: bodiesOf(officers) };
}

const WORDS = 'cepat jelas ramah sabar antre loket nomor berkas surat ruang pagi siang petugas kursi layar'.split(' ');
const oneOf = <T>(values: readonly T[]) => values[Math.floor(Math.random() * values.length)];
/** Different texts, because a rating with the words of an earlier one is held. */
const text = () => Array.from({ length: 8 }, () => oneOf(WORDS)).join(' ');

/** The bodies of a rating of some officer and of a complaint, as the API and as a form of the site take them. */
function bodiesOf(officers: readonly string[]) {
	const rating = () => ({
		officer: oneOf(officers) ?? '',
		score: 5,
		comment: text(),
		submission_id: crypto.randomUUID()
	});
	const complaint = () => ({ body: text(), identity: 'none', submission_id: crypto.randomUUID() });
	const form = (fields: Record<string, string | number>) =>
		new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString();
	return {
		apiRating: () => JSON.stringify({ unit: UNIT, ...rating() }),
		apiCase: () => JSON.stringify({ unit: UNIT, kind: 'complaint', ...complaint() }),
		formRating: () => form(rating()),
		formCase: () => form(complaint())
	};
}

/** The headers of a call of the API with a token that may write ratings and cases. */
async function apiHeaders({ origin, bootstrap }: BenchSite): Promise<Record<string, string>> {
	const wanted = { account: 'admin', unit: UNIT, scopes: ['ratings:write', 'cases:write'] };
	const { status, body } = await callApi(origin, '/tokens', { token: bootstrap, body: wanted });
	if (status !== 201) throw new Error(`no token: ${status}`);
	return { authorization: `Bearer ${String(body.token)}`, 'content-type': 'application/json' };
}

/** Stores ratings or cases by the API. @returns the response to the last one */
async function post({ origin, bootstrap }: BenchSite, path: string, body: () => string, times = 1) {
	let last: Record<string, unknown> = {};
	for (let n = 0; n < times; n++) {
		const response = await callApi(origin, path, { token: bootstrap, body: JSON.parse(body()) as unknown });
		if (response.status !== 201) throw new Error(`${path}: ${response.status}`);
		last = response.body;
	}
	return last;
}

/** Stores one rating and one case, which the bare program copies. */
export async function storeTemplates(site: BenchSite): Promise<void> {
	await post(site, '/ratings', site.bodies.apiRating);
	await post(site, '/cases', site.bodies.apiCase);
}

/** The measured calls of a running site. */
export async function callsOf(site: BenchSite) {
	const { origin, bodies } = site;
	const { reference } = await post(site, '/cases', bodies.apiCase, CASES);
	const cookie = await signIn(origin, 'admin', site.password);
	const page = (path: string, headers: Record<string, string> = {}): Call => ({
		url: origin + path,
		headers: { accept: 'text/html', ...headers },
		expected: 200
	});
	const api = await apiHeaders(site);
	const formHeaders = { origin, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
	return {
		officePage: page(`/${SLUG}`),
		ratingPage: page(`/${SLUG}/nilai`),
		complaintPage: page(`/${SLUG}/pengaduan`),
		inbox: page('/desk', { cookie }),
		casePage: page(`/desk/cases/${String(reference)}`, { cookie }),
		apiRating: { url: `${origin}/api/v1/ratings`, headers: api, body: bodies.apiRating, expected: 201 },
		apiCase: { url: `${origin}/api/v1/cases`, headers: api, body: bodies.apiCase, expected: 201 },
		formRating: { url: `${origin}/${SLUG}/nilai`, headers: formHeaders, body: bodies.formRating, expected: 303 },
		formCase: { url: `${origin}/${SLUG}/pengaduan`, headers: formHeaders, body: bodies.formCase, expected: 303 }
	} satisfies Record<string, Call>;
}
