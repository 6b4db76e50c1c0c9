import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { previewEscalation } from '#lib/server/escalation/forward/compose.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { makeActor, makeCase, makeOfficer, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { ANSWER, act, approve, atTime, caseIn, makeOffice, on, readCase } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { answerCase } from './answer.ts';
import { draftsToDecide, waitingDrafts } from './approval-lists.ts';
import { archiveCase } from '../handling/archive.ts';
import { peopleToAssign } from '../handling/assign.ts';
import { caseForActor } from '../find.ts';
import { linkCase, linksOf } from '../linking/link.ts';
import { relatedCases } from '../officers/related.ts';
import { likelyDuplicatesOf } from '../triage/duplicates.ts';
import { deskUnits } from '../inbox/desk-units.ts';
import { askReporter } from '../conversation/message.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';
import { deskCase } from '../view.ts';
import { changeNamedOfficers, officersToName } from '../officers/officers-of-case.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const NOTHING = { items: [], nextCursor: null };
const ACTION = { action: 'Satu loket ditambah.', action_on: '2026-01-05' };

async function drafted(changes: Record<string, unknown> = {}): Promise<string> {
	const { reference } = await caseIn(office, 'in_progress', changes);
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER, ...ACTION }), { files: [] });
	return reference;
}

test('lists waiting drafts for a supervisor with their text and the people who may decide them', async () => {
	const reference = await drafted({ title: 'Antrean loket' });
	const second = await caseIn(office, 'received');
	await act(archiveCase, office.handler, second.reference, { reason: 'spam', note: 'Iklan.' });
	const [first, archiving] = (await waitingDrafts(office.supervisor)).items;
	expect(first).toMatchObject({
		reference,
		title: 'Antrean loket',
		draft: {
			kind: 'answer',
			body: ANSWER,
			action: ACTION.action,
			actionOn: ACTION.action_on,
			author: office.handler.name
		},
		deciders: [office.supervisor.name],
		mine: true,
		held: false
	});
	expect(archiving).toMatchObject({ draft: { kind: 'archive', archiveReason: 'spam', body: 'Iklan.' }, mine: true });
	expect((await waitingDrafts(office.rootSupervisor)).items.map((one) => one.mine)).toEqual([false, false]);
	await approve(office.supervisor, reference);
	expect((await waitingDrafts(office.supervisor)).items).toHaveLength(1);
});

test('a draft is decided on its own page if the approval also answers linked reports, and on its card if it has files', async () => {
	const reference = await drafted();
	const needsPage = async () => (await waitingDrafts(office.supervisor)).items.map((one) => one.needsPage);
	expect(await needsPage()).toEqual([false]);
	// The answer does not reach a linked report before staff have verified it.
	const unverified = await caseIn(office, 'received');
	await act(linkCase, office.handler, unverified.reference, { main: reference });
	expect(await needsPage()).toEqual([false]);
	const linked = await caseIn(office, 'in_progress', { title: 'Tautan unduhan kedaluwarsa' });
	await act(linkCase, office.handler, linked.reference, { main: reference });
	expect(await needsPage()).toEqual([true]);
	const { row } = await caseForActor(office.supervisor, reference);
	const reached = { reference: linked.reference, title: linked.title };
	expect((await linksOf(office.supervisor, row, [])).reaches).toMatchObject([{ status: 'received' }, reached]);
	await approve(office.supervisor, reference);
	const withFile = await caseIn(office, 'in_progress');
	const files = [{ name: 'bukti.png', type: 'image/png', bytes: await fourColourImage().png().toBuffer() }];
	await answerCase(office.handler, withFile.reference, await on(withFile.reference, { body: ANSWER }), { files });
	expect(await needsPage()).toEqual([false]);
	const [{ draft } = {}] = (await waitingDrafts(office.supervisor)).items;
	expect(draft?.files).toEqual([{ id: expect.any(String) as string, name: 'bukti.jpg' }]);
});

test('the transfer’s form names the waiting answer, and the draft’s needs its page while a transfer is open', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const reference = await drafted();
	const preview = await previewEscalation(office.handler, reference, { purpose: 'transfer' });
	expect(preview.answerWaits).toBe(true);
	const needsPage = async () => (await waitingDrafts(office.supervisor)).items.map((one) => one.needsPage);
	const forward = { reason: 'Bukan kewenangan BPS.' };
	await act(escalateCase, office.handler, reference, { ...forward, purpose: 'transfer', institution: 'Dinas Contoh' });
	expect(await needsPage()).toEqual([true]);
	await db().update(escalations).set({ purpose: 'record' });
	expect(await needsPage()).toEqual([false]);
	await approve(office.supervisor, reference);
	expect((await previewEscalation(office.handler, reference, { purpose: 'record' })).answerWaits).toBe(false);
});

test('a linked report that names the supervisor does not change the list of that supervisor', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	const reference = await drafted();
	const linked = await caseIn(office, 'in_progress', { officer: officer.id });
	await act(linkCase, office.handler, linked.reference, { main: reference });
	const needsPage = async (actor: Actor) => (await waitingDrafts(actor)).items.map((one) => one.needsPage);
	expect(await needsPage(office.supervisor)).toEqual([true]);
	expect(await needsPage(named)).toEqual([false]);
	await approve(named, reference);
	expect((await readCase(linked.reference)).status).toBe('in_progress');
});

test('a draft has the newest message of the reporter, and the report of which its own is a duplicate', async () => {
	const reporter = { identity: 'named', reporter: { name: 'Andi Contoh', phone: '081234567890' } };
	const first = await caseIn(office, 'in_progress', { ...reporter, title: 'Toilet terkunci' });
	await writeToOffice(first.id, { body: 'Ini pesan yang lebih awal.' });
	await writeToOffice(first.id, { body: 'Kuncinya hilang lagi.' });
	await act(answerCase, office.handler, first.reference, { body: ANSWER });
	const again = await caseIn(office, 'received', { ...reporter, title: 'Toilet terkunci' });
	await act(archiveCase, office.handler, again.reference, { reason: 'duplicate', duplicate_of: first.reference });
	const [answer, duplicate] = (await waitingDrafts(office.supervisor)).items;
	expect(answer).toMatchObject({ newestMessage: { body: 'Kuncinya hilang lagi.' }, draft: { duplicateOf: null } });
	const duplicateOf = { reference: first.reference, title: 'Toilet terkunci' };
	expect(duplicate).toMatchObject({ newestMessage: null, draft: { duplicateOf } });
	expect(await deskCase(office.supervisor, again.reference)).toMatchObject({ draft: { duplicateOf } });
});

test('a waiting draft is the state of its report in every list beside another report', async () => {
	const reporter = { identity: 'named', reporter: { name: 'Andi Contoh', phone: '081234567890' } };
	const reference = await drafted(reporter);
	const similar = await caseIn(office, 'received', reporter);
	expect(await relatedCases(office.handler, similar)).toMatchObject({ contact: [{ reference, draft: 'pending' }] });
	expect(await likelyDuplicatesOf(office.handler, similar)).toMatchObject([{ reference, draft: 'pending' }]);
	const linked = await caseIn(office, 'received');
	await act(linkCase, office.handler, linked.reference, { main: reference });
	const { main } = await linksOf(office.handler, await readCase(linked.reference), []);
	expect(main).toMatchObject({ reference, draft: 'pending' });
});

test('a drafted answer is held while a question to the reporter is open', async () => {
	const reference = await drafted();
	await act(askReporter, office.handler, reference, { body: 'Kapan kejadiannya?' });
	expect(await waitingDrafts(office.supervisor)).toMatchObject({ items: [{ held: true }] });
	expect(await draftsToDecide(office.supervisor)).toEqual(NOTHING);
});

test('does not list drafts of cases that the actor may not see', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	await drafted({ officer: officer.id });
	expect(await waitingDrafts(named)).toEqual(NOTHING);
	expect(await draftsToDecide(named)).toEqual(NOTHING);
	const elsewhere = await makeOffice();
	expect(await waitingDrafts(elsewhere.supervisor)).toEqual(NOTHING);
});

/** Reads all pages of a list and returns the references of each page. */
async function readThrough(
	page: (cursor?: string) => Promise<{ items: { reference: string }[]; nextCursor: string | null }>
): Promise<string[][]> {
	const pages: string[][] = [];
	for (let cursor: string | null | undefined; cursor !== null;) {
		const { items, nextCursor } = await page(cursor);
		pages.push(items.map((item) => item.reference));
		cursor = nextCursor;
	}
	return pages;
}

test('finds drafts that the actor may decide behind older drafts for others, and pages through every list', async () => {
	const { handler, supervisor, rootSupervisor } = office;
	// All have the same time, so a page can end between two of them.
	const draftAtTwo = () => atTime('2026-11-24T02:00:00Z', () => drafted());
	const others = [await draftAtTwo(), await draftAtTwo(), await draftAtTwo()].map(String);
	const second = await makeActor([[office.unit.id, 'supervisor']]);
	for (const reference of others) {
		const row = await readCase(reference);
		await db().update(approvals).set({ authorId: supervisor.accountId }).where(eq(approvals.caseId, row.id));
	}
	const ownDrafts = [
		await atTime('2026-11-24T03:00:00Z', () => drafted()),
		await atTime('2026-11-24T03:00:01Z', () => drafted()),
		await atTime('2026-11-24T03:00:02Z', () => drafted())
	];
	await atTime('2026-11-24T04:00:00Z', async () => {
		expect(await readThrough((cursor) => draftsToDecide(supervisor, cursor, 2))).toEqual([
			ownDrafts.slice(0, 2),
			ownDrafts.slice(2)
		]);
		const all = await readThrough((cursor) => waitingDrafts(handler, cursor, 2));
		expect(all.map((page) => page.length)).toEqual([2, 2, 2]);
		expect(new Set(all.flat())).toEqual(new Set([...others, ...ownDrafts]));
		expect(all.flat().slice(3)).toEqual(ownDrafts);
		expect((await readThrough((cursor) => draftsToDecide(second, cursor, 4))).flat()).toEqual(all.flat());
		expect(await draftsToDecide(rootSupervisor)).toEqual(NOTHING);
		expect(await draftsToDecide(handler)).toEqual(NOTHING);
		expect(await draftsToDecide(supervisor, 'nonsense')).toEqual(await draftsToDecide(supervisor));
	});
	// After a working day supervisors of units above may decide all of them.
	await atTime('2026-11-26T04:00:00Z', async () => {
		expect((await readThrough((cursor) => draftsToDecide(rootSupervisor, cursor, 4))).flat()).toHaveLength(6);
	});
});

test('lists for each draft the supervisors who may decide it', async () => {
	const { unit, supervisor, rootSupervisor, handler } = office;
	const [officer, named] = await makeOfficerWithAccount(unit.id, ['supervisor']);
	const both = await makeActor([[unit.id, 'handler', 'supervisor']]);
	const plain = await drafted();
	const naming = await drafted({ officer: officer.id });
	const selfWritten = await caseIn(office, 'in_progress');
	await act(answerCase, both, selfWritten.reference, { body: ANSWER });
	const { items } = await waitingDrafts(handler);
	const deciders = new Map(items.map((draft) => [draft.reference, new Set(draft.deciders)]));
	expect(deciders.get(plain)).toEqual(new Set([supervisor, named, both].map((one) => one.name)));
	expect(deciders.get(naming)).toEqual(new Set([supervisor, both].map((one) => one.name)));
	expect(deciders.get(selfWritten.reference)).toEqual(new Set([supervisor, named].map((one) => one.name)));
	expect([...deciders.values()].some((names) => names.has(rootSupervisor.name))).toBe(false);
});

test('a case can be assigned to everybody who may see it, each listed once', async () => {
	const both = await makeActor([
		[office.unit.id, 'handler', 'supervisor'],
		[office.root.id, 'supervisor']
	]);
	const { reference } = await makeCase(office.unit);
	const people = (await peopleToAssign(office.handler, reference)).map((person) => person.id);
	const { handler, supervisor, rootSupervisor } = office;
	expect(new Set(people)).toEqual(new Set([handler, supervisor, rootSupervisor, both].map((actor) => actor.accountId)));
	expect(people).toHaveLength(4);
});

test('offers officers of the office and of units above, without those already named', async () => {
	const ownOfficer = await makeOfficer(office.unit.id, 'Budi Contoh');
	const above = await makeOfficer(office.root.id, 'Cici Contoh');
	const named = await makeOfficer(office.unit.id, 'Ani Contoh');
	const elsewhere = await makeOfficer((await makeUnit()).id, 'Orang Lain');
	const { reference } = await makeCase(office.unit, { officer: named.id });
	const offered = await officersToName(office.handler, reference);
	expect(offered.map((one) => one.id)).toEqual([ownOfficer.id, above.id]);
	const add = { action: 'add', officer: elsewhere.id };
	await expect(act(changeNamedOfficers, office.handler, reference, add)).rejects.toMatchObject({
		issues: [{ path: 'officer', code: 'officer_invalid' }]
	});
});

test('the desk of a handler or supervisor has their offices and those below', async () => {
	expect((await deskUnits(office.handler)).map((unit) => unit.id)).toEqual([office.unit.id]);
	expect((await deskUnits(office.rootSupervisor)).map((unit) => unit.id)).toEqual([office.root.id, office.unit.id]);
	expect(await deskUnits(await makeActor([[office.root.id, 'manager']]))).toEqual([]);
});
