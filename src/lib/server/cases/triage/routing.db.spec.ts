import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { routingRules } from '#lib/server/db/schema/triage.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { peopleDeputisedFor } from '#lib/server/people/absence.ts';
import { makeActor, makeCase, makePlace, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { markAbsent } from '#lib/dev/testing/notices.ts';
import { act, ANSWER, caseIn, lastEntry, nameOfficer, on, readCase, story } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { answerDirectly } from '../answers/answer.ts';
import { assignCase, peopleToAssign } from '../handling/assign.ts';
import { changeCategoryWords, wordsByCategory } from './category-words.ts';
import { inbox } from '../inbox/inbox.ts';
import { changeRoutingRule, createRule, listRules, moveRule, removeRule } from './routing-rules.ts';
import { tryRouting } from './routing-trial.ts';
import { verifyCase } from '../handling/verify.ts';
import { whileRefusing } from '#lib/dev/testing/failing-updates.ts';
import { renewPlace } from '#lib/server/places/places.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

let admin: Actor;
beforeEach(async () => {
	admin = await makeActor([[office.unit.id, 'admin']]);
});

const rule = (changes: Record<string, unknown> = {}) =>
	createRule(admin, office.unit.id, { name: 'Antrean', active: 'on', assign: 'workload', ...changes });
const opened = async (changes: Record<string, unknown> = {}) =>
	readCase((await makeCase(office.unit, changes)).reference);

test('the first matching rule is applied to a new report, and the timeline names the rule', async () => {
	await rule({ name: 'Saran', kind: 'suggestion', priority: 'low', assign: 'nobody' });
	await rule({ words: 'mengantre, parkir', priority: 'high' });
	const row = await opened();
	expect(row).toMatchObject({ assigneeId: office.handler.accountId, priority: 'high', status: 'received' });
	const entry = await lastEntry(row.reference, 'assigned');
	expect(entry).toMatchObject({ actorKind: 'system', public: false });
	expect(entry?.data).toMatchObject({ rule: 'Antrean', assignee: office.handler.accountId, priority: 'high' });
	expect(await opened({ kind: 'suggestion' })).toMatchObject({ assigneeId: null, priority: 'low' });
	expect(await story((await opened({ body: 'Toilet kotor sejak hari Senin.' })).reference)).toEqual(['opened']);
});

test('a verification without a priority keeps the priority of the rule', async () => {
	await rule({ priority: 'high', assign: 'nobody' });
	const verified = async (named: Record<string, unknown>) => {
		const { reference } = await opened();
		await act(verifyCase, office.handler, reference, { category: 'time', class: 'plain', ...named });
		return reference;
	};
	const withRulePriority = await verified({});
	expect((await readCase(withRulePriority)).priority).toBe('high');
	expect((await lastEntry(withRulePriority, 'verified'))?.data).toMatchObject({ priority: 'high' });
	expect((await readCase(await verified({ priority: 'low' }))).priority).toBe('low');
	const suggestion = await opened({ kind: 'suggestion' });
	const direct = await on(suggestion.reference, { category: 'time', body: ANSWER });
	expect((await answerDirectly(office.handler, suggestion.reference, direct, { files: [] })).priority).toBe('high');
});

test('rules of an office above apply to offices below, after their own rules', async () => {
	const above = await makeActor([[office.root.id, 'admin']]);
	await createRule(above, office.root.id, { name: 'Semua', active: 'on', assign: 'workload', priority: 'low' });
	expect((await opened()).priority).toBe('low');
	await rule({ priority: 'high' });
	expect((await opened()).priority).toBe('high');
});

test('a rule of a place also applies to its new code, to a form with the old one, and can be changed', async () => {
	const place = await makePlace(office.unit.id);
	const values = { placeId: place.id, assign: 'handler', handlerId: office.handler.accountId };
	const id = await rule(values);
	const renewed = await renewPlace(admin, place);
	expect(renewed.code).not.toBe(place.code);
	for (const code of [renewed.code, place.code])
		expect(await opened({ place: code })).toMatchObject({ placeId: place.id, assigneeId: values.handlerId });
	await changeRoutingRule(admin, id, { ...values, name: 'Kotak', active: 'on' });
});

test('a rule by workload assigns the present person with the fewest open reports', async () => {
	const second = await makeActor([[office.unit.id, 'handler']]);
	await rule();
	const first = await opened();
	const next = await opened();
	expect(new Set([first.assigneeId, next.assigneeId])).toEqual(new Set([office.handler.accountId, second.accountId]));
	await markAbsent(second);
	expect((await opened()).assigneeId).toBe(office.handler.accountId);
	await markAbsent(office.handler);
	// No handler is there: the supervisor takes it rather than nobody.
	expect((await opened()).assigneeId).toBe(office.supervisor.accountId);
});

test('assigns a report neither to somebody whom it names nor to somebody who may not see it', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await rule({ assign: 'handler', handlerId: named.accountId });
	expect((await opened()).assigneeId).toBe(named.accountId);
	expect((await opened({ officer: officer.id })).assigneeId).toBe(office.handler.accountId);
	const integrity = await opened({ category: 'integrity' });
	expect(integrity.assigneeId).toBe(office.rootSupervisor.accountId);
});

test('the deputy of an absent rule handler is assigned', async () => {
	const second = await makeActor([[office.unit.id, 'handler']]);
	await rule({ assign: 'handler', handlerId: office.handler.accountId });
	await markAbsent(office.handler, second);
	const row = await opened();
	expect(row.assigneeId).toBe(second.accountId);
	expect((await lastEntry(row.reference, 'assigned'))?.data).toMatchObject({ deputy_of: office.handler.name });
});

test('a rule for a place assigns people of the group above, and only reports of that place', async () => {
	const place = await makePlace(office.unit.id);
	const aboveHandler = await makeActor([[office.root.id, 'handler']]);
	await rule({ placeId: place.id, groupId: office.root.id });
	expect((await opened({ place: place.code })).assigneeId).toBe(aboveHandler.accountId);
	expect((await opened()).assigneeId).toBeNull();
});

test('a rule for the group above also assigns its members who have a role in the office', async () => {
	await rule({ groupId: office.root.id });
	const both = await makeActor([
		[office.unit.id, 'handler'],
		[office.root.id, 'handler']
	]);
	expect((await opened()).assigneeId).toBe(both.accountId);
});

test('a report is stored even if a rule fails', async () => {
	await rule();
	const row = await whileRefusing('new.assignee_id is not null', opened);
	expect(row).toMatchObject({ assigneeId: null, version: 1 });
	expect(await story(row.reference)).toEqual(['opened']);
});

test('a trial shows the result and changes nothing', async () => {
	await rule({ words: 'antre', priority: 'high' });
	await rule({ name: 'Sisanya', assign: 'workload' });
	const input = { text: 'Antreannya lama.', unitId: office.unit.id };
	const trial = await tryRouting(admin, input);
	expect(trial).toMatchObject({
		priority: 'high',
		worker: { name: office.handler.name, open: 0 },
		rules: [
			{ name: 'Antrean', met: true, decides: true, words: ['antre'] },
			{ name: 'Sisanya', met: true, decides: false }
		]
	});
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['admin']);
	await nameOfficer(office.supervisor, (await opened()).reference, officer);
	expect(await tryRouting(admin, input)).toMatchObject({ worker: { open: 1 } });
	expect(await tryRouting(named, input)).toMatchObject({ worker: { open: 0 } });
	const elsewhere = await makeActor([[office.root.id, 'handler']]);
	await expect(tryRouting(elsewhere, input)).rejects.toMatchObject({ name: 'NotFound' });
});

test('a trial with a report number works only for people who may see the report', async () => {
	await rule();
	const row = await opened();
	const input = { text: row.reference, unitId: office.unit.id };
	await expect(tryRouting(admin, input)).rejects.toMatchObject({
		issues: [{ path: 'text', code: 'report_unknown' }]
	});
	const both = await makeActor([[office.unit.id, 'admin', 'handler']]);
	expect(await tryRouting(both, input)).toMatchObject({ reference: row.reference });
	expect((await readCase(row.reference)).version).toBe(row.version);
});

test('only administrators of the office list, order, change and remove its rules', async () => {
	const first = await rule({ name: 'Satu' });
	const second = await rule({ name: 'Dua' });
	const names = async () => (await listRules(admin)).map(({ name }) => name);
	await moveRule(admin, second, 'up');
	expect(await names()).toEqual(['Dua', 'Satu']);
	await moveRule(admin, second, 'up');
	expect(await names()).toEqual(['Dua', 'Satu']);
	const stranger = await makeActor([[(await makeUnit()).id, 'admin']]);
	await expect(changeRoutingRule(stranger, first, {})).rejects.toMatchObject({ name: 'NotFound' });
	expect(await listRules(stranger)).toEqual([]);
	await changeRoutingRule(admin, first, { name: 'Satu', assign: 'workload' });
	expect((await listRules(admin)).find(({ id }) => id === first)?.active).toBe(false);
	await expect(removeRule(stranger, first)).rejects.toMatchObject({ name: 'NotFound' });
	for (let sent = 0; sent < 2; sent++) await removeRule(admin, first);
	expect(await names()).toEqual(['Dua']);
});

test('refuses a rule with a place, handler or group that is not available to its office', async () => {
	const far = await makeUnit();
	const stranger = await makeActor([[far.id, 'handler']]);
	const place = await makePlace(far.id);
	const wrong = rule({ assign: 'handler', handlerId: stranger.accountId, placeId: place.id, groupId: far.id });
	await expect(wrong).rejects.toMatchObject({
		issues: [{ path: 'placeId' }, { path: 'handlerId' }, { path: 'groupId' }]
	});
	await expect(rule({ assign: 'handler' })).rejects.toMatchObject({ issues: [{ path: 'handlerId' }] });
	await expect(rule({ assign: 'nobody' })).rejects.toMatchObject({ issues: [{ path: 'priority' }] });
	expect(await db().select().from(routingRules).where(eq(routingRules.unitId, office.unit.id))).toEqual([]);
});

test('refuses a rule whose people may never see the cases that it matches', async () => {
	const beside = await makeUnit({ parent: office.root });
	const place = await makePlace(beside.id);
	const above = await makeActor([[office.root.id, 'admin']]);
	const ofRoot = (changes: Record<string, unknown>) =>
		createRule(above, office.root.id, { name: 'Meja', active: 'on', assign: 'workload', ...changes });
	const never = (path: string) => ({ issues: [{ path, code: 'routing_never' }] });
	await expect(ofRoot({ placeId: place.id, groupId: office.unit.id })).rejects.toMatchObject(never('groupId'));
	const elsewhere = { placeId: place.id, assign: 'handler', handlerId: office.handler.accountId };
	await expect(ofRoot(elsewhere)).rejects.toMatchObject(never('handlerId'));
	// Only supervisors of the offices above see integrity cases.
	await expect(rule({ category: 'integrity', groupId: office.unit.id })).rejects.toMatchObject(never('groupId'));
	const handler = { category: 'integrity', assign: 'handler', handlerId: office.handler.accountId };
	await expect(rule(handler)).rejects.toMatchObject(never('handlerId'));
	await rule({ category: 'integrity', assign: 'handler', handlerId: office.rootSupervisor.accountId });
	await rule({ category: 'integrity', groupId: office.root.id });
	await ofRoot({ placeId: place.id, groupId: beside.id });
	await ofRoot({ groupId: office.unit.id });
});

test('the assignment form shows open reports and absences, and proposes the person with the fewest open reports', async () => {
	const second = await makeActor([[office.unit.id, 'handler']]);
	await caseIn(office, 'in_progress');
	const row = await opened();
	const people = await peopleToAssign(office.supervisor, row.reference);
	const of = (actor: Actor) => people.find(({ id }) => id === actor.accountId);
	expect(of(office.handler)).toMatchObject({ open: 1, absent: false, lightest: false });
	expect(of(second)).toMatchObject({ open: 0, lightest: true, proposed: true, role: 'handler' });
	// As few reports, but supervisors also approve drafts.
	expect(of(office.supervisor)).toMatchObject({ open: 0, lightest: false, role: 'supervisor' });
	// Handlers are not proposed to give away the case that they are reading.
	const own = await peopleToAssign(office.handler, row.reference);
	expect(own.filter(({ proposed }) => proposed).map(({ id }) => id)).toEqual([office.handler.accountId]);
	await markAbsent(second, office.handler);
	const then = await peopleToAssign(office.supervisor, row.reference);
	expect(then.find(({ lightest }) => lightest)?.id).toBe(office.handler.accountId);
	expect(then.find(({ id }) => id === second.accountId)).toMatchObject({
		absent: true,
		deputy: { id: office.handler.accountId }
	});
});

test('counts only open reports that the actor may see', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await caseIn(office, 'in_progress', { officer: officer.id });
	const row = await opened();
	const people = await peopleToAssign(named, row.reference);
	expect(people.find(({ id }) => id === office.handler.accountId)?.open).toBe(0);
});

test('an assignment to an absent person goes to the deputy, who can list the absent person’s cases', async () => {
	const deputy = await makeActor([[office.unit.id, 'handler']]);
	const left = await caseIn(office, 'in_progress');
	await markAbsent(office.handler, deputy);
	const row = await opened();
	await act(assignCase, office.supervisor, row.reference, { assignee: office.handler.accountId });
	expect((await readCase(row.reference)).assigneeId).toBe(deputy.accountId);
	expect((await lastEntry(row.reference, 'assigned'))?.data).toMatchObject({ deputy_of: office.handler.name });

	const absent = await peopleDeputisedFor(deputy.accountId);
	expect(absent).toEqual([{ id: office.handler.accountId, name: office.handler.name }]);
	const list = await inbox(deputy, { assignees: absent.map(({ id }) => id) });
	expect(list.items.map(({ reference }) => reference)).toEqual([left.reference]);
	expect(await peopleDeputisedFor(office.supervisor.accountId)).toEqual([]);
});

test('a deputy neither gets nor sees cases that name them', async () => {
	const [officer, deputy] = await makeOfficerWithAccount(office.unit.id);
	await caseIn(office, 'in_progress', { officer: officer.id });
	await markAbsent(office.handler, deputy);
	const row = await opened({ officer: officer.id });
	await act(assignCase, office.supervisor, row.reference, { assignee: office.handler.accountId });
	expect((await readCase(row.reference)).assigneeId).toBe(office.handler.accountId);
	const ids = (await peopleDeputisedFor(deputy.accountId)).map(({ id }) => id);
	expect((await inbox(deputy, { assignees: ids })).items).toEqual([]);
});

test('a deputy who is absent too, or is deputy on other days, gets no case', async () => {
	const deputy = await makeActor([[office.unit.id, 'handler']]);
	await markAbsent(office.handler, deputy);
	await markAbsent(deputy);
	const row = await opened();
	await act(assignCase, office.supervisor, row.reference, { assignee: office.handler.accountId });
	expect((await readCase(row.reference)).assigneeId).toBe(office.handler.accountId);
	const third = await makeActor([[office.unit.id, 'handler']]);
	await inHours(5 * 24, () => markAbsent(office.supervisor, third));
	expect(await peopleDeputisedFor(third.accountId)).toEqual([]);
});

test('only root administrators change the words of categories', async () => {
	const root = await makeActor([[office.root.id, 'admin']]);
	const lists = async () => (await wordsByCategory(root)).categories;
	const of = async (category: string) => (await lists()).find((one) => one.category === category)?.words;
	await expect(wordsByCategory(admin)).rejects.toMatchObject({ name: 'NotAllowed' });
	await expect(changeCategoryWords(admin, { time: 'antre' })).rejects.toMatchObject({ name: 'NotAllowed' });
	const before = Object.fromEntries((await lists()).map(({ category, words }) => [category, words.join(', ')]));
	await changeCategoryWords(root, { ...before, time: 'antre,  antre , nomor   urut', product: '' });
	expect(await of('time')).toEqual(['antre', 'nomor urut']);
	expect(await of('product')).toEqual([]);
	expect(await of('cost')).toContain('tarif');
});
