import { expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { bringTo, caseIn, lastEntry, readCase, story, act } from '#lib/dev/testing/office.ts';
import { countUnread, noticesTo, notifyOfTimeline } from '#lib/dev/testing/notices.ts';
import { draftsToDecide, wavesOf } from '../answers/approval-lists.ts';
import { decideDraft } from '../answers/decide-draft.ts';
import { assignCase, takeCase } from './assign.ts';
import { approvePicked, archivePicked, assignPicked, picksOf, previewBulk, type PickedCase } from './bulk.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const pickOf = async (reference: string): Promise<PickedCase> => ({
	reference,
	version: (await readCase(reference)).version
});
const suggestion = async () => (await makeCase(office.unit, { kind: 'suggestion' })).reference;

test('assigns each picked case with its own timeline entry, and a case that changed does not stop the others', async () => {
	const references = [await suggestion(), await suggestion(), await suggestion()] as const;
	const picks = await Promise.all(references.map(pickOf));
	const to = office.handler.accountId;
	await act(assignCase, office.handler, references[1], { assignee: to });
	const preview = await previewBulk(office.supervisor, 'assignment', picks);
	expect(preview.rows.map(({ obstacle }) => obstacle)).toEqual([null, 'changed', null]);
	const outcomes = await assignPicked(office.supervisor, picks, to);
	expect(outcomes.map(({ refused }) => (refused as Error | null)?.name ?? null)).toEqual([null, 'Conflict', null]);
	for (const reference of references) {
		expect((await readCase(reference)).assigneeId).toBe(to);
		expect(await story(reference)).toEqual(['opened', 'assigned']);
	}
});

test('a handler who takes a report too late reads who has it', async () => {
	const reference = await suggestion();
	const { version } = await pickOf(reference);
	await takeCase(office.handler, reference, version);
	const taken = { reference, name: office.handler.name };
	await expect(takeCase(office.supervisor, reference, version)).rejects.toMatchObject({ present: { taken } });
	// The same button pressed twice.
	await expect(takeCase(office.handler, reference, version)).rejects.toMatchObject({ code: 'stale' });
	expect(await story(reference)).toEqual(['opened', 'assigned']);
});

test('bulk archiving archives suggestions at once and drafts the archiving of complaints', async () => {
	const plain = await suggestion();
	const { reference: complaint } = await makeCase(office.unit, { body: 'Antrean panjang. '.repeat(10) });
	const picks = await Promise.all([plain, complaint].map(pickOf));
	const { rows } = await previewBulk(office.handler, 'archive', picks);
	expect(rows.map(({ effect, obstacle }) => [effect, obstacle])).toEqual([
		['at_once', null],
		['drafted', null]
	]);
	expect(rows[1]?.excerpt).toMatch(/panjang …$/);
	const outcomes = await archivePicked(office.handler, picks, { reason: 'spam', note: 'Bukan laporan.' });
	expect(outcomes.map(({ refused, drafted }) => [refused, drafted])).toEqual([
		[null, false],
		[null, true]
	]);
	expect((await readCase(plain)).status).toBe('archived');
	expect((await readCase(complaint)).status).toBe('received');
	expect(await lastEntry(complaint, 'archive_drafted')).toBeDefined();
});

test('without a second person the preview says so, and only what was confirmed is archived with one signature', async () => {
	const root = await makeUnit();
	const alone = await makeActor([[root.id, 'handler', 'supervisor']]);
	const picks = await Promise.all([1, 2].map(async () => pickOf((await makeCase(root)).reference)));
	expect((await previewBulk(alone, 'archive', picks)).rows.map(({ effect }) => effect)).toEqual([
		'single_signature',
		'single_signature'
	]);
	const [first] = picks.map(({ reference }) => reference);
	const outcomes = await archivePicked(alone, picks, { reason: 'spam', note: undefined }, first ? [first] : []);
	expect(outcomes).toMatchObject([
		{ refused: null, drafted: false },
		{ refused: { issues: [{ code: 'single_signature' }] } }
	]);
	const statuses = picks.map(async ({ reference }) => (await readCase(reference)).status);
	expect(await Promise.all(statuses)).toEqual(['archived', 'received']);
});

test('a wave of spam is one request, which a supervisor decides at once, with any report taken out', async () => {
	const supervisor = await makeActor([[office.unit.id, 'supervisor']]);
	const references = await Promise.all(Array.from({ length: 22 }, async () => (await makeCase(office.unit)).reference));
	const apart = references[3] ?? '';
	const picked = await Promise.all(references.map(pickOf));
	await archivePicked(office.handler, picked, { reason: 'spam', note: 'Bukan laporan.' });
	for (const reference of references) await notifyOfTimeline(reference);
	expect(await noticesTo(supervisor)).toEqual(['approval_wanted']);
	// The list has pages of 20, and the wave is whole on the first.
	const listed = await draftsToDecide(supervisor);
	expect(listed.items).toHaveLength(20);
	const [wave = [], ...others] = await wavesOf(supervisor, listed.items);
	expect(others).toEqual([]);
	expect(wave.map(({ reference }) => reference).sort()).toEqual(references.toSorted());
	expect(await wavesOf(office.handler, listed.items)).toEqual([]);

	// One that is sent back is decided; the notice is about those that wait.
	const back = { decision: 'send_back', reason: 'Ini laporan sungguhan.' };
	await act(decideDraft, supervisor, references[0]!, back);
	await notifyOfTimeline(references[0]!);
	expect(await countUnread(supervisor)).toBe(1);
	wave.splice(
		wave.findIndex(({ reference }) => reference === references[0]),
		1
	);

	const ticked = wave.filter(({ reference }) => reference !== apart);
	const own = await approvePicked(office.handler, ticked);
	expect(own.every(({ refused }) => (refused as Error).name === 'NotAllowed')).toBe(true);
	const outcomes = await approvePicked(supervisor, ticked);
	expect(outcomes.map(({ refused }) => refused)).toEqual(ticked.map(() => null));
	for (const { reference } of ticked) {
		expect((await readCase(reference)).status).toBe('archived');
		expect(await lastEntry(reference, 'archived')).toMatchObject({ actorId: supervisor.accountId });
	}
	expect((await readCase(apart)).status).toBe('received');
	expect(await countUnread(supervisor)).toBe(1);
	const left = await draftsToDecide(supervisor);
	expect(left.items.map(({ reference }) => reference)).toEqual([apart]);
	expect(await wavesOf(supervisor, left.items)).toEqual([]);
	await act(decideDraft, supervisor, apart, back);
	await notifyOfTimeline(apart);
	expect(await countUnread(supervisor)).toBe(0);
});

test('a picked case that the actor may not see is not previewed and gives NotFound', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const { reference } = await makeCase(office.unit, { officer: officer.id, kind: 'suggestion' });
	const picks = [await pickOf(reference)];
	expect((await previewBulk(named, 'archive', picks)).rows).toEqual([]);
	const [outcome] = await archivePicked(named, picks, { reason: 'spam', note: undefined });
	expect(outcome?.refused).toMatchObject({ name: 'NotFound' });
	expect((await readCase(reference)).status).toBe('received');
});

test('offers only people who may work on every picked case', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const plain = await suggestion();
	const { reference } = await makeCase(office.unit, { officer: officer.id });
	const offered = async (references: string[]) => {
		const picks = await Promise.all(references.map(pickOf));
		return (await previewBulk(office.supervisor, 'assignment', picks)).people.map(({ id }) => id);
	};
	expect(await offered([plain])).toContain(named.accountId);
	expect(await offered([plain, reference])).not.toContain(named.accountId);
	expect(await offered([plain, reference])).toContain(office.handler.accountId);
});

test('shows an obstacle for a settled case, and for another person’s case if the actor is a handler', async () => {
	const settled = await caseIn(office, 'answered');
	const { reference } = await makeCase(office.unit);
	await bringTo(office, reference, 'in_progress');
	const colleague = await makeActor([[office.unit.id, 'handler']]);
	const picks = [await pickOf(settled.reference), await pickOf(reference)];
	const { rows } = await previewBulk(colleague, 'assignment', picks);
	expect(rows.map(({ obstacle }) => obstacle)).toEqual(['status', 'supervisor']);
});

test.each([
	[undefined],
	[[]],
	['nonsense'],
	['SPATULA-7604-26-000001'],
	[Array.from({ length: 51 }, (_, n) => `A-${n}:1`)]
])('refuses the selection %j', (raw) => {
	expect(() => picksOf(raw)).toThrow(/pick/);
});
