import { addDays, localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { signIn, submit } from '../../site/client.ts';
import type { BuiltSite } from '../../site/start.ts';
import type { Measured } from '../side-by-side.ts';
import { PASSWORD, type Province } from './province.ts';

/** With a hundred times as many ratings, a page may take twice as long, and a rating hardly longer. */
const PAGE_LIMIT = 2;
const POST_LIMIT = 1.2;

const PAGE_ROUNDS = 15;
const POST_ROUNDS = 300;

/** The measured requests of one site, in the same order at every site. */
export async function requestsOf(site: BuiltSite, province: Province): Promise<Measured[]> {
	const manager = { cookie: await signIn(site.origin, 'manajer', PASSWORD) };
	const officer = { cookie: await signIn(site.origin, 'petugas', PASSWORD) };
	const program = { authorization: `Bearer ${site.settings.BOOTSTRAP_TOKEN}` };
	const { code, office, officerId } = province;
	const page = (name: string, path: string, headers: Record<string, string> = manager): Measured => ({
		name,
		limit: PAGE_LIMIT,
		rounds: PAGE_ROUNDS,
		send: () => seen(fetch(site.origin + path, { headers, redirect: 'manual' }), 200)
	});
	const post = (name: string, send: () => Promise<void>): Measured => ({
		name,
		limit: POST_LIMIT,
		rounds: POST_ROUNDS,
		send
	});
	const rating = () => ({
		officer: officerId,
		service: 'consultation',
		comment: `Pelayanan ramah dan cepat ${crypto.randomUUID()}`,
		submission_id: crypto.randomUUID()
	});
	const today = localDate(now(), 'Asia/Makassar');
	const longAgo = addDays(today, -3 * 365);
	return [
		page('comparison of the province', `/insight?unit=${code}&scope=tree`),
		page('comparison of an office', `/insight?unit=${office.code}`),
		page('officer', `/insight/officers/${officerId}`),
		page('office', `/insight/units/${office.slug}`),
		page('offices of the province', `/insight/units?unit=${code}`),
		page('ratings behind a figure', `/insight/ratings?unit=${office.code}&officer=${officerId}&score=2`),
		// Of all years and offices, so that the small database has a full page of them too.
		page('ratings set aside', `/insight/ratings?unit=${code}&scope=tree&state=voided&from=${longAgo}&to=${today}`),
		page('review', '/insight/review'),
		page('review of what is marked', '/insight/review?kind=marked'),
		page('leaderboard of the API', `/api/v1/leaderboard?unit=${code}&scope=tree`, program),
		page("an officer's own page", '/me', officer),
		post('rating by the form', () =>
			seen(submit(site.origin, `/${office.slug}/nilai`, { score: '5', ...rating() }), 303)
		),
		post('rating by the API', () =>
			seen(
				fetch(`${site.origin}/api/v1/ratings`, {
					method: 'POST',
					headers: { ...program, 'content-type': 'application/json' },
					body: JSON.stringify({ unit: office.code, score: 5, ...rating() })
				}),
				201
			)
		)
	];
}

async function seen(answering: Promise<Response>, status: number): Promise<void> {
	const response = await answering;
	const text = await response.text();
	if (response.status !== status) throw new Error(`${response.url}: ${response.status} ${text.slice(0, 300)}`);
}
