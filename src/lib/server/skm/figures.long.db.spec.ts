import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Period } from '#lib/ratings/period.ts';
import { respondentsOf, type SkmRespondents } from '#lib/skm/figures.ts';
import { finishedPeriods } from '#lib/skm/calendar-periods.ts';
import { byFact, SKM_ELEMENTS } from '#lib/skm/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { skmPublications } from '#lib/server/db/schema/skm.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { skmForm, submitSkmOn, startSurvey } from '#lib/dev/testing/figures/skm-history.ts';
import { decideSkm, listSkmResponses } from './responses.ts';
import { changeSkmOffice } from './office.ts';
import { skmSummary } from './figures.ts';
import { previewPublication, publishSkm, skmPublicationsFor, skmPublicationsOf, withdrawSkm } from './publications.ts';

const YEAR = { from: '2026-01-01', to: '2026-12-31' };
const QUARTER = { from: '2026-01-01', to: '2026-03-31' };
const MARCH = { from: '2026-03-01', to: '2026-03-31' };
const inApril = <T>(work: () => Promise<T>) => atTime('2026-04-02T02:00:00Z', work);
const nextYear = <T>(work: () => Promise<T>) => atTime('2027-01-05T02:00:00Z', work);

async function makeUnitWithSurvey(parent?: { id: string; path: string }) {
	const unit = await makeUnit(parent ? { parent } : {});
	await startSurvey(unit);
	return unit;
}
type Unit = Awaited<ReturnType<typeof makeUnitWithSurvey>>;
async function makeSurvey() {
	const unit = await makeUnitWithSurvey();
	const manager = await makeActor([[unit.id, 'manager']]);
	/** Publishes the present figures of a period. */
	const publish = (period: Period) =>
		nextYear(async () => {
			const { n: respondents, ikm } = (await previewPublication(manager, unit.code, period)).figures;
			return publishSkm(manager, unit.code, { ...period, respondents, index: ikm?.hundredths });
		});
	return { unit, manager, publish };
}
const loggedLast = async (action: string) =>
	(await db().select().from(auditEntries).where(eq(auditEntries.action, action)).orderBy(auditEntries.id)).at(-1);

/** Submits `n` forms whose answers sum to `total`, distributed as evenly as whole answers allow. */
async function sendForms(unit: Unit, day: string, n: number, total: number): Promise<void> {
	const low = Math.floor(total / (9 * n));
	let higher = total - low * 9 * n;
	for (let form = 0; form < n; form++) {
		const raised = SKM_ELEMENTS.filter(() => higher-- > 0).map((element) => [element, low + 1]);
		await submitSkmOn(unit, day, skmForm(unit, low, Object.fromEntries(raised)));
	}
}

test.each([
	[38, 889, 6499, 'D'],
	[5, 117, 6500, 'C'],
	[26, 717, 7660, 'C'],
	[19, 524, 7661, 'B'],
	[19, 604, 8830, 'B'],
	[24, 763, 8831, 'A']
])('%i forms that add up to %i show an index of %i and grade %s', async (n, total, hundredths, grade) => {
	const { unit, manager } = await makeSurvey();
	await sendForms(unit, '2026-03-02', n, total);
	const { together } = await skmSummary(manager, { unit: unit.code, ...YEAR });
	expect(together).toMatchObject({ n, ikm: { hundredths, grade } });
});

test('filters by inclusive days and by service, and returns figures per unit and for all units together', async () => {
	const province = await makeUnitWithSurvey();
	const [one, other] = [await makeUnitWithSurvey(province), await makeUnit({ parent: province })];
	await submitSkmOn(province, '2026-03-01', skmForm(province, 4, { service: 'library' }));
	await submitSkmOn(one, '2026-03-31', skmForm(one, 2));
	await submitSkmOn(one, '2026-04-01', skmForm(one, 1));
	await submitSkmOn(one, '2026-03-15', skmForm(one, 1), true);
	const manager = await makeActor([[province.id, 'manager']]);
	const tree = await skmSummary(manager, { unit: province.slug, scope: 'tree', ...MARCH });
	expect(tree.offices.map(({ unit, figures }) => [unit.code, figures.n, figures.ikm?.hundredths])).toEqual([
		[province.code, 1, 10000],
		[one.code, 1, 5000]
	]);
	expect(tree.together).toMatchObject({ n: 2, held: 1, ikm: { hundredths: 7500, grade: 'C' } });
	expect(JSON.stringify(tree)).not.toContain(other.name);
	const library = await skmSummary(manager, { unit: province.slug, scope: 'tree', service: 'library', ...MARCH });
	expect(library.together).toMatchObject({ n: 1, held: 0 });
	const own = await skmSummary(manager, { unit: province.slug, ...MARCH });
	expect(own.together.n).toBe(1);
});

test('the respondents of an ended quarter and of a publication are counted by group, and small groups are merged', async () => {
	const { unit, manager, publish } = await makeSurvey();
	const say = async (times: number, said: object) => {
		for (let n = 0; n < times; n++) await submitSkmOn(unit, '2026-03-02', skmForm(unit, 3, { ...said }));
	};
	await say(6, { sex: 'female', age: '30_39' });
	await say(5, { sex: 'male', age: '60_up' });
	await say(2, { sex: 'male', age: 'under_20' });
	await say(1, {});
	const summaryOf = (query: object) => skmSummary(manager, { unit: unit.code, ...QUARTER, ...query });
	const summaries = [MARCH, { to: '2026-03-30' }, { service: 'library' }].map(summaryOf);
	const onLastDay = atTime('2026-03-31T02:00:00Z', () => summaryOf({}));
	const preview = inApril(() => previewPublication(manager, unit.code, MARCH));
	expect(JSON.stringify(await Promise.all([...summaries, onLastDay, preview]))).not.toMatch(/female|30_39/);
	await publish(MARCH);
	const [published] = await skmPublicationsOf(unit);
	expect((await summaryOf({})).respondents).toEqual(published?.figures?.respondents);
	const groupsOf = ({ groups, others }: SkmRespondents['sex']) => [...groups.map(({ value, n }) => [value, n]), others];
	const { sex, age, occupation } = published?.figures?.respondents ?? {};
	expect([sex, age, occupation].map((fact) => fact && groupsOf(fact))).toEqual([
		[['female', 6], ['male', 7], [null, 1], 0],
		[['30_39', 6], [null, 1], 7],
		[[null, 14], 0]
	]);
});

test('a decision changes the figures, is logged without the answers, and can be undone exactly', async () => {
	const { unit, manager } = await makeSurvey();
	await submitSkmOn(unit, '2026-03-02', skmForm(unit, 4));
	await submitSkmOn(unit, '2026-03-03', skmForm(unit, 1, { suggestion: 'Rahasia saya', sex: 'male' }));
	const query = { unit: unit.code, ...YEAR };
	const before = await skmSummary(manager, query);
	const id = (await listSkmResponses(manager, { ...query, suggestions: true })).items[0]?.id ?? '';
	expect(await decideSkm(manager, id, { move: 'void', reason: 'trial' })).toEqual({ state: 'voided' });
	expect((await skmSummary(manager, query)).together).toMatchObject({ n: 1, voided: 1, ikm: { hundredths: 10000 } });
	await decideSkm(manager, id, { move: 'restore', reason: 'mistake' });
	expect(await skmSummary(manager, query)).toEqual(before);
	await expect(decideSkm(manager, id, { move: 'void', reason: 'wrong_officer' })).rejects.toBeInstanceOf(Invalid);
	await expect(decideSkm(manager, id, { move: 'keep', reason: 'spam' })).rejects.toBeInstanceOf(Invalid);
	await expect(decideSkm(manager, id, { move: 'keep', reason: 'genuine' })).rejects.toBeInstanceOf(Conflict);
	const handler = await makeActor([[unit.id, 'handler', 'supervisor', 'admin']]);
	const foreign = await makeActor([[(await makeUnit()).id, 'manager']]);
	for (const actor of [handler, foreign])
		await expect(decideSkm(actor, id, { move: 'void', reason: 'spam' })).rejects.toBeInstanceOf(NotFound);
	const log = (await db().select().from(auditEntries).where(eq(auditEntries.unitId, unit.id))).filter(
		({ action }) => action !== 'skm.changed'
	);
	expect(log).toMatchObject([
		{ action: 'skm.voided', subject: id, reason: 'trial', before: { state: 'counted' }, after: { state: 'voided' } },
		{ action: 'skm.restored', subject: id, reason: 'mistake', after: { state: 'counted' } }
	]);
	expect(JSON.stringify(log)).not.toMatch(/Rahasia|male/);
});

test('lists responses 50 per page, the newest day first, without facts about the respondents', async () => {
	const { unit, manager } = await makeSurvey();
	const facts = { sex: 'female', age: '60_up', occupation: 'farmer_fisher', service: 'library' };
	for (let n = 0; n < 55; n++) {
		const suggestion = n % 11 === 0 ? `Saran ${n}` : undefined;
		await submitSkmOn(unit, `2026-03-0${1 + (n % 3)}`, skmForm(unit, 3, { ...facts, suggestion }), n === 7);
	}
	const query = { unit: unit.code, ...YEAR, service: 'consultation' as const };
	const first = await listSkmResponses(manager, query);
	const second = await listSkmResponses(manager, { ...query, cursor: first.next ?? '' });
	const all = [...first.items, ...second.items];
	expect([first.items.length, second.items.length, second.next]).toEqual([50, 5, null]);
	expect(new Set(all.map(({ id }) => id)).size).toBe(55);
	expect(all.map(({ day }) => day)).toEqual(all.map(({ day }) => day).sort((a, b) => (a < b ? 1 : -1)));
	expect(JSON.stringify(all)).not.toMatch(/female|60_up|farmer|library|\d{2}:\d{2}/);
	expect((await listSkmResponses(manager, { ...query, suggestions: true })).items).toHaveLength(5);
	expect((await listSkmResponses(manager, { ...query, state: 'held' })).items).toHaveLength(1);
});

test('only managers of the unit see the figures', async () => {
	const unit = await makeUnitWithSurvey();
	const query = { unit: unit.code, ...YEAR };
	const handler = await makeActor([[unit.id, 'handler', 'supervisor', 'admin']]);
	const stranger = await makeActor([[(await makeUnit()).id, 'manager']]);
	for (const work of [skmSummary, listSkmResponses]) {
		await expect(work(handler, query)).rejects.toBeInstanceOf(NotAllowed);
		await expect(work(stranger, query)).rejects.toBeInstanceOf(NotFound);
	}
	await expect(previewPublication(handler, unit.code, MARCH)).rejects.toBeInstanceOf(NotAllowed);
	await expect(skmPublicationsFor(stranger, unit.code)).rejects.toBeInstanceOf(NotFound);
});

async function makeSurveyWithForms() {
	const survey = await makeSurvey();
	await sendForms(survey.unit, '2026-03-02', 5, 117);
	return { ...survey, confirmed: { ...MARCH, respondents: '5', index: '6500' } };
}

test('a later decision changes the figures but not a publication', async () => {
	const { unit, manager, confirmed } = await makeSurveyWithForms();
	const { figures, refusal } = await inApril(() => previewPublication(manager, unit.code, MARCH));
	expect(refusal).toBeNull();
	const id = await inApril(() => publishSkm(manager, unit.code, confirmed));
	const [response] = (await listSkmResponses(manager, { unit: unit.code, ...MARCH })).items;
	await decideSkm(manager, response?.id ?? '', { move: 'void', reason: 'trial' });
	await changeSkmOffice(await makeActor([[unit.id, 'admin']]), unit.id, {});
	expect((await skmSummary(manager, { unit: unit.code, ...MARCH })).together).toMatchObject({ n: 4, voided: 1 });
	expect(await skmPublicationsOf(unit)).toEqual([
		{
			id,
			period: MARCH,
			decisionNumber: 'CONTOH-1',
			publishedOn: '2026-04-02',
			withdrawnOn: null,
			figures: { ...figures, respondents: respondentsOf(byFact(() => ({ '': 5 }))) }
		}
	]);
	const after = { respondents: 5, index: 65, grade: 'C' };
	expect(await loggedLast('skm.published')).toMatchObject({ unitId: unit.id, after });
});

test('refuses to publish if the figures changed after the confirmation', async () => {
	const { unit, manager, confirmed } = await makeSurveyWithForms();
	await submitSkmOn(unit, '2026-03-30', skmForm(unit, 4));
	const cause = await inApril(() => publishSkm(manager, unit.code, confirmed)).catch((error: unknown) => error);
	expect(cause).toMatchObject({ present: { reason: 'skm_figures_moved' } });
	expect(await skmPublicationsOf(unit)).toEqual([]);
});

test('refuses an unfinished period, too few forms, an inactive survey and a second publication, each with its reason', async () => {
	const { unit, manager, confirmed } = await makeSurveyWithForms();
	const refusedAt = async (moment: string, changes: object = {}) => {
		const publishing = atTime(moment, () => publishSkm(manager, unit.code, { ...confirmed, ...changes }));
		const cause = await publishing.catch((error: unknown) => error);
		expect(cause).toBeInstanceOf(Conflict);
		return (cause as Conflict).present.reason;
	};
	const april = '2026-04-02T02:00:00Z';
	expect(await refusedAt('2026-03-31T15:00:00Z')).toBe('skm_period_running');
	expect(await refusedAt(april, { from: '2026-02-01', to: '2026-02-28' })).toBe('skm_too_few');
	const twice = await inApril(() => Promise.allSettled([1, 2, 3].map(() => publishSkm(manager, unit.code, confirmed))));
	expect(twice.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	expect(await refusedAt(april)).toBe('skm_published');
	await changeSkmOffice(await makeActor([[unit.id, 'admin']]), unit.id, {});
	expect(await refusedAt(april)).toBe('skm_off');
	await expect(publishSkm(manager, unit.code, { ...confirmed, from: '2026-02-30' })).rejects.toBeInstanceOf(Invalid);
});

test.each([
	['refuses a longer period with four forms outside March', '2026-02-10', 4, QUARTER, true],
	['accepts a longer period with five forms outside March', '2026-02-10', 5, QUARTER, false],
	['accepts a longer period without a form outside March', '2026-02-10', 0, QUARTER, false],
	['accepts a period sharing six forms with March', '2026-03-20', 6, { from: '2026-03-10', to: '2026-04-01' }, false],
	['refuses a period sharing four forms with March', '2026-03-20', 4, { from: '2026-03-10', to: '2026-04-01' }, true],
	['accepts a period before March', '2026-02-10', 5, { from: '2026-02-01', to: '2026-02-28' }, false]
])('after publishing March, %s', async (_, day, n, period, refused) => {
	const { unit, manager, publish } = await makeSurveyWithForms();
	if (n > 0) await sendForms(unit, day, n, n * 27);
	// Enough forms for the other period itself.
	if (period.to === '2026-04-01') await sendForms(unit, period.to, 5, 135);
	await publish(MARCH);
	const { refusal } = await inApril(() => previewPublication(manager, unit.code, period));
	expect(refusal).toBe(refused ? 'skm_overlap' : null);
});

test('refuses a year that would reveal the last quarter, even if one of the other quarters was withdrawn', async () => {
	const { unit, manager, publish } = await makeSurveyWithForms();
	const quarters = ['2026-04', '2026-07', '2026-10', '2027-01'].map((month) => finishedPeriods(`${month}-01`)[1]!);
	for (const quarter of quarters.slice(1, 3)) await sendForms(unit, quarter.from, 5, 135);
	await sendForms(unit, quarters[3]!.from, 3, 81);
	const ids: string[] = [];
	for (const quarter of quarters.slice(0, 3)) ids.push(await publish(quarter));
	const refusal = { present: { reason: 'skm_overlap' } };
	await expect(publish(YEAR)).rejects.toMatchObject(refusal);
	await nextYear(() => withdrawSkm(manager, ids[0]!, { reason: 'Salah masa' }));
	await expect(publish(YEAR)).rejects.toMatchObject(refusal);
	await publish(quarters[0]!);
	await sendForms(unit, quarters[3]!.to, 2, 54);
	await publish(YEAR);
	expect(await nextYear(() => previewPublication(manager, unit.code, quarters[3]!))).toMatchObject({ refusal: null });
});

test.each([
	['again', MARCH, '2026-03-03'],
	['inside a longer one', QUARTER, '2026-02-10']
])('refuses to publish a withdrawn period %s until five forms differ', async (_, period, day) => {
	const { unit, manager, publish } = await makeSurveyWithForms();
	await sendForms(unit, day, 6, 162);
	const id = await publish(MARCH);
	await inApril(() => withdrawSkm(manager, id, { reason: 'Ada jawaban uji coba' }));
	const refusal = async () => (await inApril(() => previewPublication(manager, unit.code, period))).refusal;
	const [response] = (await listSkmResponses(manager, { unit: unit.code, ...MARCH })).items;
	await decideSkm(manager, response?.id ?? '', { move: 'void', reason: 'trial' });
	expect(await refusal()).toBe('skm_changed');
	await submitSkmOn(unit, '2026-03-30', skmForm(unit, 4));
	expect(await refusal()).toBe('skm_changed');
	await sendForms(unit, '2026-03-31', 5, 135);
	expect(await refusal()).toBeNull();
});

test('a publication is withdrawn once, with the reason in the log; its period may then be published again', async () => {
	const { unit, manager, confirmed } = await makeSurveyWithForms();
	const id = await inApril(() => publishSkm(manager, unit.code, confirmed));
	const stranger = await makeActor([[(await makeUnit()).id, 'manager']]);
	await expect(withdrawSkm(stranger, id, { reason: 'Bukan milik saya' })).rejects.toBeInstanceOf(NotFound);
	await expect(withdrawSkm(manager, 'no-id', { reason: 'Salah hitung' })).rejects.toBeInstanceOf(NotFound);
	await expect(withdrawSkm(manager, id, { reason: '' })).rejects.toBeInstanceOf(Invalid);
	await inApril(() => withdrawSkm(manager, id, { reason: 'Ada jawaban uji coba' }));
	await expect(withdrawSkm(manager, id, { reason: 'Sekali lagi' })).rejects.toBeInstanceOf(Conflict);
	expect(await skmPublicationsOf(unit)).toMatchObject([{ id, figures: null, withdrawnOn: '2026-04-02' }]);
	const [row] = await db().select().from(skmPublications).where(eq(skmPublications.id, id));
	expect(row).toMatchObject({ respondents: 5 });
	expect(await inApril(() => publishSkm(manager, unit.code, confirmed))).not.toBe(id);
	expect(await skmPublicationsOf(unit)).toHaveLength(2);
	const entry = { unitId: unit.id, subject: '2026-03-01/2026-03-31', reason: 'Ada jawaban uji coba' };
	expect(await loggedLast('skm.withdrawn')).toMatchObject(entry);
});
