import { eq } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import { keptFile, makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { noticesTo } from '#lib/dev/testing/notices.ts';
import { act, atTime, bringTo, caseIn, readCase, trackedCase } from '#lib/dev/testing/office.ts';
import { Conflict } from '#lib/server/errors.ts';
import { codesOf, failure } from '#lib/dev/testing/outcomes.ts';
import { confirmRules, removeSigners, itemsOf, stepOf } from '#lib/dev/testing/retention/proposing.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { joinCase } from '#lib/server/channels/incoming/decide.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { transferCase } from '#lib/server/cases/handling/transfer.ts';
import { linkCase } from '#lib/server/cases/linking/link.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { breaches, breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { destructions, retentionRules } from '#lib/server/db/schema/retention.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { decideRequest } from '../requests/decide.ts';
import { recordRequest } from '../requests/receive.ts';
import { cancelDestruction, decideDestruction, leaveOut } from './steps.ts';
import { destroyPart } from './destroy.ts';
import { changeLegalHold } from './legal-hold.ts';
import { proposeDestruction, proposeYearly } from './proposal.ts';
import { confirmRule } from './schedule.ts';
import { destructionItemsPage, destructionList, destructionView } from './view.ts';

const office = useOffice();
const NAMED = { identity: 'named', reporter: { name: 'Pelapor Contoh 3', phone: '081234567890' } };
let admin: Actor;

beforeEach(async () => {
	admin = await makeActor([[office.root.id, 'admin']]);
	await db().update(retentionRules).set({ jraCode: null, suggested: true });
});

const closedIn = (moment: string, changes: Record<string, unknown> = {}) =>
	atTime(moment, () => caseIn(office, 'closed', changes));
const view = (id: string) => destructionView(admin, id);
const step = (verb: Parameters<typeof stepOf>[0], id: string, input?: Record<string, unknown>) =>
	stepOf(verb, admin, id, input);
/** The proposal, or null because nothing can be proposed. */
const proposedIfAny = () =>
	proposeDestruction(admin).catch((cause: unknown) => {
		if (!(cause instanceof Conflict) || cause.present.reason !== 'destruction_empty') throw cause;
		return null;
	});

it('has only parts with a confirmed rule and a code, after their own period', async () => {
	const old = await closedIn('2023-03-01T02:00:00Z', NAMED);
	await closedIn('2026-03-01T02:00:00Z', NAMED);
	await removeSigners();
	const empty = atTime('2027-01-04T02:00:00Z', () => proposeDestruction(admin));
	await expect(empty).rejects.toMatchObject({ present: { reason: 'destruction_empty' } });
	expect((await destructionList(admin)).list).toEqual([]);
	await confirmRules(admin, 'identity', 'text');
	const two = await atTime('2027-01-04T02:00:00Z', () => proposeDestruction(admin));
	expect(await itemsOf(two)).toEqual([`${old.reference} identity`]);
	await step(cancelDestruction, two, { reason: 'Menunggu tahun depan.' });
	const five = await atTime('2028-04-03T02:00:00Z', () => proposeDestruction(admin));
	expect((await itemsOf(five)).filter((item) => item.startsWith(old.reference))).toEqual([
		`${old.reference} identity`,
		`${old.reference} text`
	]);
});

it('has the sender and the voice note of a conversation that belongs to an anonymous report', async () => {
	await confirmRules(admin, 'identity', 'files');
	const mailbox = await makeConnection(office.unit);
	const moment = '2023-03-01T02:00:00Z';
	const { reference } = await atTime(moment, async () => {
		await caseIn(office, 'closed');
		await receive(mailbox, 'lain@contoh.example', 'Halo', { files: [keptFile('audio/ogg')] });
		const made = await makeCase(office.unit);
		const { conversationId } = await receive(mailbox, 'saksi@contoh.example', '', { files: [keptFile('audio/ogg')] });
		await joinCase(office.handler, conversationId, made);
		return bringTo(office, made.reference, 'closed');
	});
	const id = await atTime('2029-01-02T02:00:00Z', () => proposeDestruction(admin));
	expect(await itemsOf(id)).toEqual([`${reference} files`, `${reference} identity`]);
});

it('has the sender and the files that arrived after they were destroyed once', async () => {
	await confirmRules(admin, 'identity', 'files');
	const mailbox = await makeConnection(office.unit);
	const { id: caseId, reference } = await closedIn('2023-03-01T02:00:00Z', NAMED);
	const destroyed = async (moment: string) =>
		atTime(moment, async () => {
			const id = await proposedIfAny();
			if (!id) return [];
			const items = await itemsOf(id);
			await step(decideDestruction, id, { decreeNumber: 'KEP-1', decreeOn: '2029-01-02' });
			for (const part of ['identity', 'files'] as const)
				await transaction((tx) => destroyPart(tx, part, [caseId], { destructionId: id }));
			await db().update(destructions).set({ state: 'carried_out' }).where(eq(destructions.id, id));
			return items;
		});
	expect(await destroyed('2029-01-02T02:00:00Z')).toEqual([`${reference} identity`]);
	expect(await destroyed('2030-01-02T02:00:00Z')).toEqual([]);
	const late = { to: { caseId, fromReporter: false }, files: [keptFile()] };
	await receive(mailbox, 'saksi@contoh.example', 'Halo lagi.', late);
	expect(await destroyed('2031-01-02T02:00:00Z')).toEqual([`${reference} files`, `${reference} identity`]);
	expect(await destroyed('2032-01-02T02:00:00Z')).toEqual([]);
});

it('keeps cases with a dispute, an objection, a hold, an open matter or a linked report that stays', async () => {
	await confirmRules(admin, 'text');
	const moment = '2023-03-01T02:00:00Z';
	const [disputed, open, main, linked, plain, asked, objected, timed, atLapor] = await atTime(moment, async () => {
		const answered = await caseIn(office, 'answered');
		await submitObjection((await trackedCase(answered.reference)).caseId, { body: 'Antreannya masih sama saja.' });
		const { reference } = await makeCase(office.unit);
		const { reference: linkedReference } = await makeCase(office.unit);
		await bringTo(office, linkedReference, 'verified');
		await act(linkCase, office.handler, linkedReference, { main: reference });
		const closed = await bringTo(office, reference, 'closed');
		await scoreAnswer((await readCase(linkedReference)).id, { score: 5 });
		return [
			answered,
			await caseIn(office, 'in_progress'),
			closed,
			await readCase(linkedReference),
			await caseIn(office, 'closed'),
			await caseIn(office, 'closed'),
			await caseIn(office, 'archived'),
			await caseIn(office, 'closed'),
			await caseIn(office, 'closed')
		];
	});
	await atTime('2023-03-02T02:00:00Z', async () =>
		submitObjection((await trackedCase(objected.reference)).caseId, { body: 'Ini tetap layanan kantor Anda.' })
	);
	// States that no step leaves behind, for example after a correction by hand.
	await db().update(clocks).set({ state: 'running' }).where(eq(clocks.caseId, timed.id));
	await db().update(cases).set({ escalationState: 'sent' }).where(eq(cases.id, atLapor.id));
	const request = {
		number: 'PD-1',
		unitId: office.unit.id,
		caseId: asked.id,
		receivedAt: new Date(),
		dueAt: new Date()
	};
	const content = { contentSealed: '', contentHash: '', submissionHash: crypto.randomUUID() };
	await db()
		.insert(dataRequests)
		.values({ ...request, ...content, kind: 'correction', via: 'tracking', state: 'open' });
	await act(changeLegalHold, office.supervisor, main.reference, { action: 'hold', reason: 'Perkara di pengadilan.' });
	await removeSigners();
	const id = await atTime('2029-01-02T02:00:00Z', () => proposeDestruction(admin));
	expect((await itemsOf(id)).sort()).toEqual(
		[
			`${disputed.reference} text dispute`,
			`${open.reference} text open_clock`,
			`${main.reference} text hold`,
			`${linked.reference} text linked`,
			`${plain.reference} text`,
			`${asked.reference} text data_request`,
			`${objected.reference} text dispute`,
			`${timed.reference} text open_clock`,
			`${atLapor.reference} text forward`
		].sort()
	);
	expect((await view(id)).totals).toEqual({ proposed: 9, kept: 8, destroyed: 0 });
});

it('has the text of a report with a letter only when the letter’s confirmed period has passed, and the letter goes too', async () => {
	const { id, reference } = await closedIn('2023-03-01T02:00:00Z');
	const proposed = (moment: string) =>
		atTime(moment, async () => {
			const destruction = await proposedIfAny();
			if (!destruction) return [];
			const items = await itemsOf(destruction);
			await step(cancelDestruction, destruction, { reason: 'Masih diperlukan.' });
			return items.filter((item) => item.startsWith(reference));
		});
	await confirmRules(admin, 'text');
	expect(await proposed('2029-01-02T02:00:00Z')).toEqual([]);
	await confirmRules(admin, 'letters');
	await db().update(retentionRules).set({ months: 120 }).where(eq(retentionRules.part, 'letters'));
	expect(await proposed('2029-01-03T02:00:00Z')).toEqual([]);
	expect(await proposed('2034-01-03T02:00:00Z')).toEqual([`${reference} letters`, `${reference} text`]);
	// The period of the text has passed for the linked report, the one of its letter has not.
	const linked = await closedIn('2026-03-01T02:00:00Z');
	await db().update(cases).set({ mainCaseId: id }).where(eq(cases.reference, linked.reference));
	expect(await proposed('2034-01-04T02:00:00Z')).toEqual([`${reference} letters linked`, `${reference} text linked`]);
});

it('has a transferred case from which LAPOR never reported an end', async () => {
	await confirmRules(admin, 'text');
	const { id, reference } = await atTime('2023-03-01T02:00:00Z', () => caseIn(office, 'in_progress'));
	await atTime('2023-03-01T02:00:00Z', () => transaction((tx) => transferCase(tx, id, 'Dinas Contoh', '1916449')));
	await db().update(cases).set({ escalationState: 'sent' }).where(eq(cases.id, id));
	const destruction = await atTime('2029-01-02T02:00:00Z', () => proposeDestruction(admin));
	expect((await itemsOf(destruction)).filter((item) => item.startsWith(reference))).toEqual([`${reference} text`]);
});

it('has visits, comments and log entries of the offices below the root, and nothing of other roots', async () => {
	await confirmRules(admin, 'guest_book');
	const visit = { channel: 'counter', day: '2023-05-04', createdAt: new Date(), expiresAt: new Date() };
	const made = { ...visit, purpose: 'Konsultasi data', unitId: office.unit.id, tokenHash: crypto.randomUUID() };
	const [row] = await db().insert(visits).values(made).returning();
	await db()
		.insert(visits)
		.values({ ...made, purpose: null, tokenHash: crypto.randomUUID() });
	const id = await atTime('2027-01-04T02:00:00Z', () => proposeDestruction(admin));
	expect(await itemsOf(id)).toEqual([`${row?.id} guest_book`]);
});

it('has decided requests without a case and people in closed breaches, and destroys their words', async () => {
	await confirmRules(admin, 'privacy');
	const moment = '2023-03-01T02:00:00Z';
	const [decided, described] = await atTime(moment, async () => {
		const request = (person: string) =>
			recordRequest(office.handler, {
				kind: 'access',
				unit: office.unit.code,
				person,
				submission_id: crypto.randomUUID(),
				check: 'identity_card',
				check_note: 'Cocok dengan kartunya.'
			});
		const [one, _open] = [await request('Warga Contoh 1'), await request('Warga Contoh 2')];
		await decideRequest(admin, one, { decision: 'grant', reason: 'Tidak ada data orang ini.', version: 1 });
		const words = { title: 'Uji', what: 'Uji', foundBy: 'Uji', dataKinds: 'Uji', basis: 'Uji' };
		const breach = { ...words, unitId: office.unit.id, year: 2023, hours: 72, knownAt: now(), createdAt: now() };
		const [closed, running] = await db()
			.insert(breaches)
			.values([
				{ ...breach, state: 'closed', number: 1 },
				{ ...breach, state: 'open', number: 2 }
			])
			.returning();
		const people = await db()
			.insert(breachSubjects)
			.values([closed, running].map((of) => ({ breachId: of?.id ?? '', described: 'Warga Contoh 3', addedAt: now() })))
			.returning();
		return [one, people.map((person) => person.id)] as const;
	});
	await atTime('2029-01-02T02:00:00Z', async () => {
		const id = await proposeDestruction(admin);
		expect((await itemsOf(id)).sort()).toEqual(
			[`${decided} privacy`, `${described[0]} privacy`, `${described[1]} privacy open_clock`].sort()
		);
		await step(decideDestruction, id, { decreeNumber: 'KEP-1', decreeOn: '2029-01-02' });
		const left = await transaction((tx) => destroyPart(tx, 'privacy', [decided, ...described], { destructionId: id }));
		expect(left.rows).toBe(2);
	});
	const [row] = await db().select().from(dataRequests).where(eq(dataRequests.id, decided));
	expect(row).toMatchObject({ contentSealed: '', checkNote: null, reason: null, state: 'granted' });
	const names = await db().select({ described: breachSubjects.described }).from(breachSubjects);
	expect(names.filter((name) => name.described === 'Warga Contoh 3')).toHaveLength(1);
});

it('is made once a year on the first working day, and the administrators get a notice', async () => {
	await proposeYearly();
	await confirmRules(admin, 'identity');
	// 1 January 2027 is a holiday, and a Friday.
	await atTime('2027-01-02T20:00:00Z', proposeYearly);
	expect((await destructionList(admin)).list).toEqual([]);
	for (const moment of ['2027-01-03T18:17:00Z', '2027-01-04T18:17:00Z', '2027-06-04T18:17:00Z'])
		await atTime(moment, proposeYearly);
	expect((await destructionList(admin)).list.map(({ number }) => number)).toEqual([
		`1/MUSNAH/${office.root.code}/2027`
	]);
	expect([await noticesTo(admin), await noticesTo(office.rootSupervisor)]).toEqual([['destruction_proposed'], []]);
});

it('is only for administrators of the root unit', async () => {
	const below = await makeActor([[office.unit.id, 'admin']]);
	expect(String(await failure(proposeDestruction(below)))).toBe('NotAllowed: root_admin');
	expect(String(await failure(destructionList(office.rootSupervisor)))).toBe('NotAllowed: root_admin');
	const rule = confirmRule(below, 'log.none', { months: 6, basis: 'Uji', version: 1 });
	expect(String(await failure(rule))).toBe('NotAllowed: root_admin');
	for (const version of [2 ** 31 - 1, 1.5])
		await expect(confirmRule(admin, 'log.none', { months: 6, basis: 'Uji', version })).rejects.toThrow('field_invalid');
});

it('shows neither the number of a restricted case nor why it was left out', async () => {
	await confirmRules(admin, 'text');
	const { reference } = await closedIn('2023-03-01T02:00:00Z');
	await db().update(cases).set({ restricted: true }).where(eq(cases.reference, reference));
	await removeSigners();
	const id = await atTime('2029-01-02T02:00:00Z', () => proposeDestruction(admin));
	expect((await destructionItemsPage(admin, id, undefined)).items).toEqual([]);
	const leftOut = { reference, reason: 'Masih diperlukan.' };
	expect(await codesOf(step(leaveOut, id, leftOut))).toEqual(['retention_not_proposed']);
	const judge = await makeActor([[office.root.id, 'admin', 'supervisor']]);
	await db().update(cases).set({ handlingUnitId: office.root.id }).where(eq(cases.reference, reference));
	await stepOf(leaveOut, judge, id, leftOut);
	expect((await destructionView(judge, id)).exceptions).toMatchObject([{ reference, keptReason: leftOut.reason }]);
	expect(JSON.stringify((await view(id)).exceptions)).toMatch(/^.."reference":null,"kept":"\w+","keptReason":null,/);
	const { items } = await destructionItemsPage(admin, id, 'hidden');
	expect(JSON.stringify(items)).toMatch(/^.."reference":null,(?!.*(?:2023|subjectId|unitId)).*"kept":"removed"/);
});
