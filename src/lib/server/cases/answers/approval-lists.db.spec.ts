import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { makeActor, makeCase, makeOfficer, makeUnit, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { ANSWER, approve, at, caseIn, makeOffice, standing, act } from '#lib/dev/testing/office.ts';
import { answerCase } from './answer.ts';
import { draftsToDecide, waitingDrafts } from './approval-lists.ts';
import { archiveCase } from '../handling/archive.ts';
import { peopleToAssign } from '../handling/assign.ts';
import { deskUnits } from '../inbox/desk-units.ts';
import { askReporter } from '../conversation/message.ts';
import { officersToName } from '../officers/named.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const NOTHING = { items: [], nextCursor: null };

async function drafted(changes: Record<string, unknown> = {}): Promise<string> {
	const { reference } = await caseIn(office, 'in_progress', changes);
	await act(answerCase, office.handler, reference, { body: ANSWER });
	return reference;
}

test('a supervisor finds what waits for them, whole enough to decide on a phone, and who else may', async () => {
	const reference = await drafted({ title: 'Antrean loket' });
	const second = await caseIn(office, 'received');
	await act(archiveCase, office.handler, second.reference, { reason: 'spam', note: 'Iklan.' });
	const [first, archiving] = (await waitingDrafts(office.supervisor)).items;
	expect(first).toMatchObject({
		reference,
		title: 'Antrean loket',
		draft: { kind: 'answer', body: ANSWER, author: office.handler.name },
		deciders: [office.supervisor.name],
		mine: true,
		held: false
	});
	expect(archiving).toMatchObject({ draft: { kind: 'archive', archiveReason: 'spam', body: 'Iklan.' }, mine: true });
	expect((await waitingDrafts(office.rootSupervisor)).items.map((one) => one.mine)).toEqual([false, false]);
	await approve(office.supervisor, reference);
	expect((await waitingDrafts(office.supervisor)).items).toHaveLength(1);
});

test('an answer drafted before a question is held until the reporter has replied', async () => {
	const reference = await drafted();
	await act(askReporter, office.handler, reference, { body: 'Kapan kejadiannya?' });
	expect(await waitingDrafts(office.supervisor)).toMatchObject({ items: [{ held: true }] });
	expect(await draftsToDecide(office.supervisor)).toEqual(NOTHING);
});

test('drafts of cases that one does not see are not listed', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	await drafted({ officer: officer.id });
	expect(await waitingDrafts(named)).toEqual(NOTHING);
	expect(await draftsToDecide(named)).toEqual(NOTHING);
	const elsewhere = await makeOffice();
	expect(await waitingDrafts(elsewhere.supervisor)).toEqual(NOTHING);
});

/** References of a list, page by page to its end. */
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

test('what one may decide is found behind whatever waits longer for others, and every list goes on page by page', async () => {
	const { handler, supervisor, rootSupervisor } = office;
	// Of one moment: the page may end between two of them.
	const waits = () => at('2026-11-24T02:00:00Z', () => drafted());
	const others = [await waits(), await waits(), await waits()].map(String);
	const second = await makeActor([[office.unit.id, 'supervisor']]);
	for (const reference of others) {
		const row = await standing(reference);
		await db().update(approvals).set({ authorId: supervisor.accountId }).where(eq(approvals.caseId, row.id));
	}
	const own = [
		await at('2026-11-24T03:00:00Z', () => drafted()),
		await at('2026-11-24T03:00:01Z', () => drafted()),
		await at('2026-11-24T03:00:02Z', () => drafted())
	];
	await at('2026-11-24T04:00:00Z', async () => {
		expect(await readThrough((cursor) => draftsToDecide(supervisor, cursor, 2))).toEqual([
			own.slice(0, 2),
			own.slice(2)
		]);
		const all = await readThrough((cursor) => waitingDrafts(handler, cursor, 2));
		expect(all.map((page) => page.length)).toEqual([2, 2, 2]);
		expect(new Set(all.flat())).toEqual(new Set([...others, ...own]));
		expect(all.flat().slice(3)).toEqual(own);
		expect((await readThrough((cursor) => draftsToDecide(second, cursor, 4))).flat()).toEqual(all.flat());
		expect(await draftsToDecide(rootSupervisor)).toEqual(NOTHING);
		expect(await draftsToDecide(handler)).toEqual(NOTHING);
		expect(await draftsToDecide(supervisor, 'nonsense')).toEqual(await draftsToDecide(supervisor));
	});
	// After a working day all of them are also those above's to decide.
	await at('2026-11-26T04:00:00Z', async () => {
		expect((await readThrough((cursor) => draftsToDecide(rootSupervisor, cursor, 4))).flat()).toHaveLength(6);
	});
});

test('shows each draft in the list with the same decision as on its own page', async () => {
	const { unit, supervisor, rootSupervisor, handler } = office;
	const [officer, named] = await makeOfficerWithAccount(unit.id, ['supervisor']);
	const both = await makeActor([[unit.id, 'handler', 'supervisor']]);
	const plain = await drafted();
	const naming = await drafted({ officer: officer.id });
	const own = await caseIn(office, 'in_progress');
	await act(answerCase, both, own.reference, { body: ANSWER });
	const { items } = await waitingDrafts(handler);
	const deciders = new Map(items.map((draft) => [draft.reference, new Set(draft.deciders)]));
	expect(deciders.get(plain)).toEqual(new Set([supervisor, named, both].map((one) => one.name)));
	expect(deciders.get(naming)).toEqual(new Set([supervisor, both].map((one) => one.name)));
	expect(deciders.get(own.reference)).toEqual(new Set([supervisor, named].map((one) => one.name)));
	expect([...deciders.values()].some((names) => names.has(rootSupervisor.name))).toBe(false);
});

test('a case may be given to those who may see it, each once', async () => {
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

test('officers of the office and above may be named, those named already not again', async () => {
	const own = await makeOfficer(office.unit.id, 'Budi Contoh');
	const above = await makeOfficer(office.root.id, 'Cici Contoh');
	const named = await makeOfficer(office.unit.id, 'Ani Contoh');
	await makeOfficer((await makeUnit()).id, 'Orang Lain');
	const { reference } = await makeCase(office.unit, { officer: named.id });
	const offered = await officersToName(office.handler, reference);
	expect(offered.map((one) => one.id)).toEqual([own.id, above.id]);
});

test('the desk of a person is the offices they handle or supervise and those below', async () => {
	expect((await deskUnits(office.handler)).map((unit) => unit.id)).toEqual([office.unit.id]);
	expect((await deskUnits(office.rootSupervisor)).map((unit) => unit.id)).toEqual([office.root.id, office.unit.id]);
	expect(await deskUnits(await makeActor([[office.root.id, 'manager']]))).toEqual([]);
});
