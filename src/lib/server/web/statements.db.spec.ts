import { isRedirect, type RequestEvent } from '@sveltejs/kit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { entriesAt } from '#lib/server/cases/timeline.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { sessionActor } from '#lib/server/people/sign-in/session.ts';
import { createToken, tokenActor } from '#lib/server/people/sign-in/tokens.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { visitToken } from '#lib/server/visits/link.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { notifyOfEvents } from '#lib/server/reminders/events.ts';
import { writeToReporters } from '#lib/server/reporters/events.ts';
import { statementsOf } from '#lib/dev/testing/database.ts';
import { idOf, makeActor, makeCase, makeOfficer, makePlace, makeSession } from '#lib/dev/testing/factories.ts';
import { ANSWER, bringTo, makeOffice, on, standing } from '#lib/dev/testing/office.ts';
import { ratingOf } from '#lib/dev/testing/rating-history.ts';
import { cookiesIn, requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { trackCookie } from './cookies/citizen-cookies.ts';
import { SESSION_COOKIE } from './cookies/session-cookie.ts';
import { identify } from './http/identify.ts';

type Load = (event: unknown) => unknown;

/** The cookies of one browser. */
type CookieJar = Map<string, string>;

/** Runs what the server does for a page: it identifies the actor and runs the loads of the route together. */
async function openPage(
	route: string,
	{
		params = {},
		search = '',
		jar = new Map(),
		isDataRequest = false
	}: { params?: Record<string, string>; search?: string; jar?: CookieJar; isDataRequest?: boolean } = {}
): Promise<Record<string, unknown>> {
	const path = route.replace(/\/\([^)]*\)/g, '').replace(/\[(\w+)\]/g, (_, name: string) => params[name] ?? '');
	const sent = { params, jar, route: { id: route }, isDataRequest };
	const event: RequestEvent = requestTo(`${path || '/'}${search}`, sent);
	event.locals.actor = await identify(event);
	let data: Promise<Record<string, unknown>> = Promise.resolve({});
	for (const load of await loadsOf(route)) {
		const above = data;
		const own = Promise.resolve(
			load({
				...event,
				parent: () => above,
				depends: () => {},
				untrack: (read: () => unknown) => read(),
				setHeaders: () => {}
			})
		);
		data = Promise.all([above, own]).then(([one, other]) => ({ ...one, ...(other as object) }));
	}
	return data.catch((thrown: unknown) => {
		if (isRedirect(thrown)) return { location: thrown.location };
		throw thrown;
	});
}

/** The loads of a route's layouts, from the root, and of its page. */
async function loadsOf(route: string): Promise<Load[]> {
	const segments = route.split('/').slice(1);
	const folders = segments.map((_, index) => `${segments.slice(0, index + 1).join('/')}/`);
	const files = [...['', ...folders].map((folder) => `${folder}+layout.server.ts`), `${folders.at(-1)}+page.server.ts`];
	const modules = await Promise.all(files.map((file) => importRoute<{ load?: Load }>(file)));
	return modules.flatMap((module) => module?.load ?? []);
}

/** An office with officers, a desk, and people who are signed in. */
async function makeSite() {
	const office = await makeOffice();
	const { unit } = office;
	const officer = await makeOfficer(unit.id);
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	const manager = await makeActor([[unit.id, 'manager']]);
	return { ...office, officer, desk, manager };
}

let site: Awaited<ReturnType<typeof makeSite>>;
beforeAll(async () => {
	// Without a listener the reference data is loaded again after a second: not while a request is counted.
	vi.useFakeTimers({ toFake: ['performance'] });
	site = await makeSite();
});
afterAll(() => void vi.useRealTimers());

type Person = 'handler' | 'supervisor' | 'manager';
const sessions = new Map<Person, string>();
/** The session of a person of the office. */
async function sessionOf(person: Person): Promise<string> {
	const known = sessions.get(person) ?? (await makeSession(site[person])).sessionId;
	sessions.set(person, known);
	return known;
}
const signedIn = async (person: Person): Promise<CookieJar> => new Map([[SESSION_COOKIE, await sessionOf(person)]]);

/** A verb of the desk as a request runs it: the session first. */
const verb = async (
	person: Person,
	reference: string,
	call: (
		actor: NonNullable<Awaited<ReturnType<typeof sessionActor>>>['actor'],
		input: Record<string, unknown>
	) => unknown,
	input: Record<string, unknown>
) => {
	const session = await sessionOf(person);
	const sent = await on(reference, input);
	return async () => {
		const found = await sessionActor(session);
		if (!found) throw new Error('not signed in');
		await call(found.actor, sent);
	};
};

const page =
	(route: string, person: Person, params: Record<string, string> = {}, search = '', isDataRequest = false) =>
	async () => {
		const jar = await signedIn(person);
		return () => openPage(route, { jar, params, search, isDataRequest });
	};
const publicPage = (route: string, params?: Record<string, string>) => async () => () =>
	openPage(route, { params: { unit: site.unit.slug, ...params } });

const caseIn = async (...status: Parameters<typeof bringTo>[2][]) => {
	const { reference } = await makeCase(site.unit);
	for (const one of status) await bringTo(site, reference, one);
	return reference;
};

/**
 * The most statements of each page and each submission, once the reference data is loaded. Each entry prepares a state
 * and returns the request. Begin and commit are not counted.
 */
const BUDGETS: Record<string, [budget: number, prepare: () => Promise<() => Promise<unknown>>]> = {
	'front door': [0, publicPage('/(citizen)/[unit]')],
	'all offices': [0, publicPage('/(citizen)')],
	'page without a connection': [0, publicPage('/(citizen)/[unit]/tanpa-koneksi')],
	'service standard': [0, publicPage('/(citizen)/[unit]/layanan')],
	'rating page': [0, publicPage('/(citizen)/[unit]/nilai')],
	'complaint page': [0, publicPage('/(citizen)/[unit]/pengaduan')],
	'suggestion page': [0, publicPage('/(citizen)/[unit]/saran')],
	'privacy notice': [0, async () => () => openPage('/(citizen)/privasi', { search: `?kantor=${site.unit.slug}` })],
	'request page': [0, publicPage('/(citizen)/[unit]/permintaan')],
	'q/[code]': [1, async () => () => openPage('/(citizen)/q/[code]', { params: { code: site.desk.code } })],
	'rating stored': [
		3,
		async () => {
			const input = ratingOf(site.unit, { officer: site.officer.id, comment: 'Cepat dan ramah sekali.' });
			return () => submitRating(input, { source: 'place', placeId: site.desk.id });
		}
	],
	'rating by a visit’s link': [
		4,
		async () => {
			const visit = { unit: site.unit.code, officer: site.officer.id, channel: 'walk_in' };
			const { id } = await createVisit(visit, { accountId: null, within: [site.unit.id] });
			const input = ratingOf(site.unit, { comment: 'Cepat dan ramah sekali.' });
			return () => submitRating(input, { source: 'web', visitToken: visitToken(id) });
		}
	],
	'rating by the API': [
		4,
		async () => {
			const admin = await makeActor([[site.unit.id, 'admin']]);
			const ownToken = { name: 'Terminal', accountId: idOf(admin), unitId: site.unit.id, scopes: ['ratings:write'] };
			const { token } = await createToken(admin, ownToken);
			const input = ratingOf(site.unit, { officer: site.officer.id, comment: 'Cepat dan ramah sekali.' });
			return async () => {
				const tokenOf = await tokenActor(token);
				if (!tokenOf) throw new Error('the token is not valid');
				await submitRating(input, { source: 'api', tokenOf });
			};
		}
	],
	'case opened': [8, async () => () => makeCase(site.unit)],
	// In working hours, when the handlers are notified at once. Outside them it is fewer.
	'job of an opened case': [
		8,
		async () => {
			const { id } = await standing((await makeCase(site.unit)).reference);
			const events = [{ caseId: id, seq: 1 }];
			return async () => {
				const entries = await entriesAt(events);
				await Promise.all([followCaseEvents(entries), notifyOfEvents(entries), writeToReporters(entries)]);
			};
		}
	],
	'tracking page': [
		8,
		async () => {
			const { id: caseId, receiptHash } = await standing(await caseIn('answered'));
			const jar: CookieJar = new Map();
			await trackCookie.write(cookiesIn(jar), { caseId, receiptHash, since: null });
			return () => openPage('/(citizen)/lacak/laporan', { jar });
		}
	],
	// One of them looks for a proposal to archive the report as incomplete.
	reply: [
		10,
		async () => {
			const { id } = await standing(await caseIn('needs_info'));
			return () => writeToOffice(id, { body: 'Kejadiannya hari Senin.' });
		}
	],
	'a session': [
		1,
		async () => {
			const session = await sessionOf('handler');
			return () => sessionActor(session);
		}
	],
	'an API token': [
		1,
		async () => {
			const { id: unitId } = site.unit;
			const admin = await makeActor([[unitId, 'admin']]);
			const asked = { name: 'Buku tamu', accountId: idOf(admin), unitId, scopes: ['visits:write'] };
			const { token } = await createToken(admin, asked);
			return async () => expect(await tokenActor(token)).toBeDefined();
		}
	],
	inbox: [9, page('/(staff)/desk', 'handler')],
	'inbox after an event': [6, page('/(staff)/desk', 'handler', {}, '?asked=1', true)],
	'case page': [
		15,
		async () => page('/(staff)/desk/cases/[reference]/(case)', 'handler', { reference: await caseIn('in_progress') })()
	],
	verify: [
		8,
		async () => {
			const reference = await caseIn();
			return verb('handler', reference, (actor, input) => verifyCase(actor, reference, input), {
				category: 'time',
				class: 'plain'
			});
		}
	],
	answer: [
		9,
		async () => {
			const reference = await caseIn('in_progress');
			return verb('handler', reference, (actor, input) => answerCase(actor, reference, input), { body: ANSWER });
		}
	],
	approve: [
		14,
		async () => {
			const reference = await caseIn('in_progress');
			await answerCase(site.handler, reference, await on(reference, { body: ANSWER }));
			return verb('supervisor', reference, (actor, input) => decideDraft(actor, reference, input), {
				decision: 'approve'
			});
		}
	],
	overview: [14, page('/(staff)/insight', 'manager')],
	'waiting decisions': [15, page('/(staff)/desk/approvals', 'supervisor')],
	comparison: [6, page('/(staff)/insight/officers', 'manager')],
	board: [8, page('/(staff)/insight/cases', 'manager')]
};

test.each(Object.entries(BUDGETS))('%s', async (name, [budget, prepare]) => {
	// The first request loads modules and the reference data.
	await (
		await prepare()
	)();
	const request = await prepare();
	await referenceData();
	const statements = await statementsOf(request);
	expect(statements.length, `${name}:\n${statements.join('\n')}`).toBeLessThanOrEqual(budget);
});
