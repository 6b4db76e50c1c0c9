import { beforeEach, expect, test } from 'vitest';
import { useFreshDatabase } from '../testing/database.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '../testing/factories.ts';
import { ANSWER, approve, bringTo, caseIn, makeOffice, on, type Office } from '../testing/office.ts';
import { answerCase } from './answer.ts';
import { singleSignatures, waitingDrafts } from './approvals.ts';
import { archiveCase } from './archive.ts';
import { peopleToAssign } from './assign.ts';
import { deskUnits } from './desk-units.ts';
import { askReporter } from './message.ts';
import { officersToName } from './named.ts';

useFreshDatabase();

let office: Office;
beforeEach(async () => {
	office = await makeOffice();
});

async function drafted(changes: Record<string, unknown> = {}): Promise<string> {
	const { reference } = await caseIn(office, 'in_progress', changes);
	await answerCase(office.handler, reference, await on(reference, { body: ANSWER }));
	return reference;
}

test('a supervisor finds what waits for them, whole enough to decide on a phone, and who else may', async () => {
	const reference = await drafted({ title: 'Antrean loket' });
	const second = await caseIn(office, 'received');
	await archiveCase(office.handler, second.reference, await on(second.reference, { reason: 'spam', note: 'Iklan.' }));
	const [first, archiving] = await waitingDrafts(office.supervisor);
	expect(first).toMatchObject({
		reference,
		title: 'Antrean loket',
		draft: { kind: 'answer', body: ANSWER, author: office.handler.name },
		deciders: [office.supervisor.name],
		mine: true,
		held: false
	});
	expect(archiving).toMatchObject({ draft: { kind: 'archive', archiveReason: 'spam', body: 'Iklan.' }, mine: true });
	expect((await waitingDrafts(office.rootSupervisor)).map((one) => one.mine)).toEqual([false, false]);
	await approve(office.supervisor, reference);
	expect(await waitingDrafts(office.supervisor)).toHaveLength(1);
});

test('an answer drafted before a question is held until the reporter has replied', async () => {
	const reference = await drafted();
	await askReporter(office.handler, reference, await on(reference, { body: 'Kapan kejadiannya?' }));
	expect(await waitingDrafts(office.supervisor)).toMatchObject([{ held: true }]);
});

test('drafts of cases that one does not see are not listed', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'supervisor']], officer.id);
	await drafted({ officer: officer.id });
	expect(await waitingDrafts(named)).toEqual([]);
	const elsewhere = await makeOffice();
	expect(await waitingDrafts(elsewhere.supervisor)).toEqual([]);
});

test('what went out with one signature is listed for review', async () => {
	const root = await makeUnit();
	const alone = await makeActor([[root.id, 'handler', 'supervisor']]);
	const { reference } = await makeCase(root);
	await bringTo({ ...office, unit: root, handler: alone, supervisor: alone }, reference, 'in_progress');
	await answerCase(alone, reference, await on(reference, { body: ANSWER }));
	expect(await singleSignatures(alone)).toMatchObject([
		{ reference, kind: 'answer', body: ANSWER, author: alone.name }
	]);
	expect(await singleSignatures(office.supervisor)).toEqual([]);
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
