import type { Action, RequestEvent } from '@sveltejs/kit';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { officersToName } from '#lib/server/cases/officers/officers-of-case.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { entriesAt } from '#lib/server/cases/timeline.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { sessionActor } from '#lib/server/people/sign-in/session.ts';
import { createToken, tokenActor } from '#lib/server/people/sign-in/tokens.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { visitToken } from '#lib/server/visits/link.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { officerForAdmin } from '#lib/server/people/officers/officers.ts';
import { placeForAdmin } from '#lib/server/places/places.ts';
import { retentionSchedule } from '#lib/server/privacy/retention/schedule.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { notifyOfEvents } from '#lib/server/staff-notices/notify-of-events.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { statementsOf } from '#lib/dev/testing/database.ts';
import { idOf, makeActor, makeCase, makeOfficer, makePlace, makeSession } from '#lib/dev/testing/factories.ts';
import { ANSWER, bringTo, makeOffice, on, readCase } from '#lib/dev/testing/office.ts';
import { ratingInputOf } from '#lib/dev/testing/figures/rating-history.ts';
import { openPage, type CookieJar } from '#lib/dev/testing/open-page.ts';
import { addressOf, cookiesIn, requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { placeCookie, receiptCookie, trackCookie } from './cookies/citizen-cookies.ts';
import { SESSION_COOKIE } from './cookies/session-cookie.ts';
import { receiveRating } from './forms/rating-form.ts';
import { receiveForTrack } from './forms/track-form.ts';
import { identify } from './http/identify.ts';

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

/** The form of a verb as the desk sends it: who is asking, the verb, and the address of the next page. */
async function deskForm(person: Person, reference: string, verb: string, fields: Record<string, string>) {
	const jar = await signedIn(person);
	const { version } = await readCase(reference);
	const sent: RequestEvent = requestTo(`/desk/cases/${reference}/${verb}`, {
		fields: { ...fields, version: String(version) },
		jar,
		params: { reference },
		route: { id: '/(staff)/desk' }
	});
	const page = `(staff)/desk/cases/[reference]/(case)/${verb}/+page.server.ts`;
	const actions = (await importRoute<{ actions: Record<string, Action> }>(page))?.actions;
	return async () => {
		sent.locals.actor = await identify(sent);
		expect(await addressOf(Promise.resolve(actions?.default?.(sent)))).toMatch(/done=/);
	};
}

const page =
	(route: string, person: Person, params: Record<string, string> = {}, search = '', isDataRequest = false) =>
	async () => {
		const jar = await signedIn(person);
		return () => openPage(route, { jar, params, search, isDataRequest });
	};
const publicPage = (route: string, params?: Record<string, string>) => async () => () =>
	openPage(route, { params: { unit: site.unit.slug, ...params } });

/** The cookies of a browser that has opened a report. */
async function tracking(reference: string): Promise<CookieJar> {
	const { id: caseId, receiptHash } = await readCase(reference);
	const jar: CookieJar = new Map();
	await trackCookie.write(cookiesIn(jar), { caseId, receiptHash, since: null });
	return jar;
}
const trackingPage = (prepare: () => Promise<string>) => async () => {
	const jar = await tracking(await prepare());
	return () => openPage('/(citizen)/lacak/laporan', { jar });
};

/** A form that is accepted and leads to `address`. */
const leadsTo = (send: () => Promise<unknown>, address: string) => async () =>
	expect(await addressOf(send())).toBe(address);

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
	'office page': [0, publicPage('/(citizen)/[unit]')],
	'all offices': [0, publicPage('/(citizen)')],
	'page without a connection': [0, publicPage('/(citizen)/[unit]/tanpa-koneksi')],
	'service standard': [0, publicPage('/(citizen)/[unit]/layanan')],
	'rating page': [0, publicPage('/(citizen)/[unit]/nilai')],
	'complaint page': [0, publicPage('/(citizen)/[unit]/pengaduan')],
	'suggestion page': [0, publicPage('/(citizen)/[unit]/saran')],
	'privacy notice': [0, async () => () => openPage('/(citizen)/privasi', { search: `?kantor=${site.unit.slug}` })],
	'request page': [0, publicPage('/(citizen)/[unit]/permintaan')],
	'q/[code]': [1, async () => () => openPage('/(citizen)/q/[code]', { params: { code: site.desk.code } })],
	// Two of them count rate limits (docs/decisions/0007).
	'rating by form at a desk': [
		4,
		async () => {
			const jar: CookieJar = new Map();
			await placeCookie.write(cookiesIn(jar), { code: site.desk.code });
			const rating = { officer: site.officer.id, score: '5', comment: 'Cepat dan ramah sekali.' };
			const fields = { ...rating, submission_id: crypto.randomUUID() };
			const sent = requestTo(`/${site.unit.slug}/nilai`, { fields, jar });
			return leadsTo(() => receiveRating(sent, async () => site.unit), `/${site.unit.slug}/nilai/terima-kasih`);
		}
	],
	'rating by a visit’s link': [
		4,
		async () => {
			const visit = { unit: site.unit.code, officer: site.officer.id, channel: 'walk_in' };
			const { id } = await createVisit(visit, { accountId: null, within: [site.unit.id] });
			const input = ratingInputOf(site.unit, { comment: 'Cepat dan ramah sekali.' });
			return () => submitRating(input, { source: 'web', visitToken: visitToken(id) });
		}
	],
	'rating by the API': [
		4,
		async () => {
			const admin = await makeActor([[site.unit.id, 'admin']]);
			const ownToken = { name: 'Terminal', accountId: idOf(admin), unitId: site.unit.id, scopes: ['ratings:write'] };
			const { token } = await createToken(admin, ownToken);
			const input = ratingInputOf(site.unit, { officer: site.officer.id, comment: 'Cepat dan ramah sekali.' });
			return async () => {
				const tokenOf = await tokenActor(token);
				if (!tokenOf) throw new Error('the token is not valid');
				await submitRating(input, { source: 'api', tokenOf });
			};
		}
	],
	'case opened': [6, async () => () => makeCase(site.unit)],
	// In working hours, when the handlers are notified at once. Outside them it is fewer.
	'job of an opened case': [
		8,
		async () => {
			const { id } = await readCase((await makeCase(site.unit)).reference);
			const events = [{ caseId: id, seq: 1 }];
			return async () => {
				const entries = await entriesAt(events);
				await Promise.all([followCaseEvents(entries), notifyOfEvents(entries), writeToReporters(entries)]);
			};
		}
	],
	'receipt page': [
		3,
		async () => {
			const { receipt } = await makeCase(site.unit);
			const jar: CookieJar = new Map();
			await receiptCookie.write(cookiesIn(jar), { receipt: receipt ?? '' });
			return async () => expect(await openPage('/(citizen)/terima', { jar })).toMatchObject({ sent: { receipt } });
		}
	],
	'tracking page': [8, trackingPage(() => caseIn('answered'))],
	'tracking page of an archived report': [8, trackingPage(() => caseIn('archived'))],
	'tracking page of a forwarded report': [
		8,
		trackingPage(async () => {
			const reference = await caseIn('in_progress');
			await db().update(cases).set({ escalationState: 'sent' }).where(eq(cases.reference, reference));
			return reference;
		})
	],
	// Two of them check the receipt and whether the form was stored before.
	reply: [
		8,
		async () => {
			const jar = await tracking(await caseIn('needs_info'));
			const fields = { body: 'Kejadiannya hari Senin.', submission_id: crypto.randomUUID() };
			const sent = requestTo('/lacak/laporan/pesan', { fields, jar });
			const reply = () => receiveForTrack(sent, (caseId, { data }) => writeToOffice(caseId, data));
			return leadsTo(reply, '/lacak/laporan?terkirim');
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
	inbox: [7, page('/(staff)/desk', 'handler')],
	'inbox after an event': [4, page('/(staff)/desk', 'handler', {}, '?asked=1', true)],
	'case page': [
		14,
		async () => page('/(staff)/desk/cases/[reference]/(case)', 'handler', { reference: await caseIn('in_progress') })()
	],
	// The last two statements of a form of the desk find the page that follows, after an approval the last three.
	verify: [9, async () => deskForm('handler', await caseIn(), 'verification', { category: 'time', class: 'plain' })],
	answer: [
		10,
		async () => {
			const written = { body: ANSWER, action: 'Petugas ditegur.', action_on: '2026-01-05' };
			return deskForm('handler', await caseIn('in_progress'), 'answer', written);
		}
	],
	approve: [
		14,
		async () => {
			const reference = await caseIn('in_progress');
			await answerCase(site.handler, reference, await on(reference, { body: ANSWER }));
			return deskForm('supervisor', reference, 'approval', { decision: 'approve' });
		}
	],
	overview: [13, page('/(staff)/insight', 'manager')],
	'waiting decisions': [8, page('/(staff)/desk/approvals', 'supervisor')],
	comparison: [6, page('/(staff)/insight/officers', 'manager')],
	board: [8, page('/(staff)/insight/cases', 'manager')],
	// The case and its named officers.
	'officers to name': [
		2,
		async () => {
			const reference = await caseIn();
			return () => officersToName(site.handler, reference);
		}
	],
	'reference data of administrators': [
		0,
		async () => {
			const admin = await makeActor([[site.unit.id, 'admin']]);
			const { officer, desk } = site;
			return () =>
				Promise.all([officerForAdmin(admin, officer.id), placeForAdmin(admin, desk.id), retentionSchedule()]);
		}
	]
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
