import { and, asc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { addDays, instantAt, localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { letters } from '#lib/server/db/schema/answers.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { storeActingRole } from '#lib/server/people/access/acting-heads.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	approve,
	atTime,
	bringTo,
	caseIn,
	lastEntry,
	on,
	act,
	seenByReporter,
	trackedCase
} from '#lib/dev/testing/office.ts';
import { answerCase } from './answer.ts';
import { singleSignatures } from './approval-lists.ts';
import { decideDraft } from './decide-draft.ts';
import { timelineOf } from '../timeline.ts';
import { letterForActor, letterForReporter } from './letter.ts';
import { submitObjection } from '../conversation/objection.ts';
import { verifyCase } from '../handling/verify.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

async function letterOf(reference: string, actor = office.handler) {
	const message = String((await lastEntry(reference, 'answered'))?.data.message);
	return letterForActor(actor, reference, message);
}

test('the letter of a complaint has a number, two signers and the action, and the reporter gets the same letter', async () => {
	const officer = await makeOfficer(office.unit.id, 'Sitti Contoh');
	await db().update(officers).set({ position: 'Statistisi' }).where(eq(officers.id, officer.id));
	const head = await makeActor([[office.unit.id, 'supervisor']], officer.id);
	const { reference } = await makeCase(office.unit, {
		title: 'Antrean loket',
		identity: 'named',
		reporter: { name: 'Andi Contoh', phone: '081234567890' }
	});
	await bringTo(office, reference, 'in_progress');
	const words = { body: ANSWER, action: 'Loket kedua dibuka.', action_on: '2026-01-05' };
	await act(answerCase, office.handler, reference, words, { files: [] });
	await approve(head, reference);
	const entry = await lastEntry(reference, 'answered');
	const letter = await letterOf(reference);
	expect(letter).toMatchObject({
		number: entry?.data.letter,
		office: { name: office.unit.name },
		reference,
		title: 'Antrean loket',
		to: 'Andi Contoh',
		body: ANSWER,
		action: 'Loket kedua dibuka.',
		actionOn: '2026-01-05',
		singleSignature: false,
		disputableUntil: (await seenByReporter(reference)).clocks.find(({ name }) => name === 'reporter_turn')?.dueAt,
		signers: [
			{ name: office.handler.name, position: null },
			{ name: head.name, position: 'Statistisi' }
		]
	});
	const tracked = await trackedCase(reference);
	expect(await letterForReporter(tracked, String(entry?.data.message))).toEqual(letter);
	await expect(
		letterForReporter({ ...tracked, receiptHash: 'another' }, String(entry?.data.message))
	).rejects.toMatchObject({ name: 'NotFound' });
	const stranger = await makeActor([[(await makeUnit()).id, 'supervisor']]);
	await expect(letterOf(reference, stranger)).rejects.toMatchObject({ name: 'NotFound' });
	await expect(letterForActor(office.handler, reference, 'bukan-surat')).rejects.toMatchObject({ name: 'NotFound' });
});

test('the letter has no name if the reporter withheld it or gave none', async () => {
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	for (const changes of [{ identity: 'withheld', reporter }, { identity: 'none' }]) {
		const { reference } = await caseIn(office, 'answered', changes);
		expect((await letterOf(reference)).to).toBeNull();
	}
});

test('the letter shows a single signature only if a second person was needed and none was available', async () => {
	const root = await makeUnit();
	const alone = await makeActor([[root.id, 'supervisor']]);
	const { reference } = await makeCase(root);
	await act(verifyCase, alone, reference, { category: 'time', class: 'plain' });
	await act(answerCase, alone, reference, { body: ANSWER });
	expect(await letterOf(reference, alone)).toMatchObject({ singleSignature: true, signers: [{ name: alone.name }] });
	const suggestion = await caseIn(office, 'answered', { kind: 'suggestion' });
	expect(await letterOf(suggestion.reference)).toMatchObject({
		singleSignature: false,
		signers: [{ name: office.handler.name }]
	});
});

test('the list of single signatures names an acting head as the history does', async () => {
	const root = await makeUnit();
	const { accountId, name } = await makeActor([]);
	const day = localDate(now(), root.timeZone);
	const terms = { kind: 'plt' as const, order: 'SPT 12/2026', fromDay: day, toDay: addDays(day, 1) };
	const grant = { accountId: accountId ?? '', unitId: root.id, role: 'supervisor' as const, ...terms };
	await transaction((tx) => storeActingRole(tx, null, grant, 'x'));
	const alone = (await actorOf(accountId ?? ''))!;
	const { reference } = await makeCase(root);
	await act(verifyCase, alone, reference, { category: 'time', class: 'plain' });
	await act(answerCase, alone, reference, { body: ANSWER });
	expect((await singleSignatures(alone)).items).toMatchObject([{ author: `Plt. ${name} (SPT 12/2026)` }]);
});

test('the list of single signatures does not give the writer the role of an acting head who sent the draft back', async () => {
	const root = await makeUnit();
	const writer = await makeActor([[root.id, 'handler']]);
	const { accountId } = await makeActor([]);
	const day = localDate(now(), root.timeZone);
	const terms = { kind: 'plt' as const, order: 'SPT 12/2026', fromDay: day, toDay: day };
	const grant = { accountId: accountId ?? '', unitId: root.id, role: 'supervisor' as const, ...terms };
	await transaction((tx) => storeActingRole(tx, null, grant, 'x'));
	const { reference } = await makeCase(root);
	await act(verifyCase, writer, reference, { category: 'time', class: 'plain' });
	await act(answerCase, writer, reference, { body: ANSWER });
	const acting = (await actorOf(accountId ?? ''))!;
	await act(decideDraft, acting, reference, { decision: 'send_back', reason: 'Sebutkan tanggalnya.' });
	// The acting role has ended.
	await db()
		.delete(roles)
		.where(and(eq(roles.unitId, root.id), eq(roles.role, 'supervisor')));
	await act(answerCase, writer, reference, { body: ANSWER });
	const listed = (await singleSignatures(await makeActor([[root.id, 'supervisor']]))).items;
	expect(listed).toMatchObject([{ author: writer.name }]);
});

test('letter numbers have no gaps per office and local year, also with concurrent answers', async () => {
	const cases = [];
	for (let index = 0; index < 6; index++) cases.push(await caseIn(office, 'verified', { kind: 'suggestion' }));
	const answers = cases.map(({ reference }, index) =>
		on(reference, index === 3 ? { body: ANSWER, version: undefined } : { body: ANSWER }).then((input) =>
			answerCase(office.handler, reference, index === 3 ? { ...input, version: 99 } : input)
		)
	);
	await Promise.allSettled(answers);
	const stored = await db()
		.select()
		.from(letters)
		.where(eq(letters.unitId, office.unit.id))
		.orderBy(asc(letters.number));
	expect(stored.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);

	// 16:30 UTC on 31 December is already 1 January at the office. The letters above are of today, never of a past year.
	const last = await atTime('2024-12-31T15:59:00Z', () => caseIn(office, 'verified', { kind: 'suggestion' }));
	await atTime('2024-12-31T16:30:00Z', () => act(answerCase, office.handler, last.reference, { body: ANSWER }));
	expect((await letterOf(last.reference)).number).toBe(`1/SPATULA/${office.unit.code}/2025`);
});

test('each answer has its own letter, and a disputed answer keeps its letter number', async () => {
	const { reference, id } = await caseIn(office, 'answered');
	const first = await letterOf(reference);
	await submitObjection(id, { body: 'Loketnya masih tetap satu kemarin.' });
	await act(answerCase, office.handler, reference, { body: 'Loket kedua dibuka mulai hari ini.' });
	await approve(office.supervisor, reference);
	const second = await letterOf(reference);
	expect([first.number, second.number].map((number) => number.split('/')[0])).toEqual(['1', '2']);
	expect(first.body).not.toBe(second.body);
	await submitObjection(id, { body: 'Hari ini loketnya kembali satu.' });
	await act(answerCase, office.supervisor, reference, { body: 'Ini jawaban akhir kami.' });
	await approve(office.rootSupervisor, reference);
	expect([second.final, (await letterOf(reference)).final]).toEqual([false, true]);
	expect((await letterOf(reference)).disputableUntil).toBeNull();
});

test('letter and history name an acting head with the order only for what a permanent role does not allow', async () => {
	const deputy = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await makeCase(office.unit);
	const other = await caseIn(office, 'in_progress');
	await bringTo(office, reference, 'in_progress');
	// Noon, because at midnight the grant would end in between.
	const day = addDays(localDate(now(), office.unit.timeZone), 1);
	await atTime(instantAt(day, '12:00', office.unit.timeZone), async () => {
		const actingAs = async (role: 'supervisor' | 'manager', { accountId }: Actor) => {
			const terms = { kind: 'plt' as const, order: 'SPT 12/2026', fromDay: day, toDay: day };
			const grant = { accountId: accountId ?? '', unitId: office.unit.id, role, ...terms };
			await transaction((tx) => storeActingRole(tx, null, grant, 'x'));
			return (await actorOf(accountId ?? ''))!;
		};
		const words = { body: ANSWER, action: 'Loket kedua dibuka.', action_on: '2026-01-05' };
		await act(answerCase, await actingAs('manager', office.handler), reference, words, { files: [] });
		const approver = await actingAs('supervisor', deputy);
		await approve(approver, reference);
		// The approver of this report wrote the next one, as the handler that the account is permanently.
		await act(answerCase, approver, other.reference, words, { files: [] });
		await approve(office.supervisor, other.reference);
	});
	const letter = await letterOf(reference);
	expect(letter.signers).toEqual([
		{ name: office.handler.name, position: null },
		{ name: deputy.name, position: null, acting: { kind: 'plt', order: 'SPT 12/2026' } }
	]);
	const [{ id = 0 } = {}] = await db().select().from(cases).where(eq(cases.reference, reference));
	const story = await timelineOf(id);
	expect(story.at(-1)?.actorName).toBe(`Plt. ${deputy.name} (SPT 12/2026)`);
	// An acting manager answers as the handler that they also are.
	expect(story.find(({ data }) => 'acting' in data)).toBe(story.at(-1));
	expect(story.map(({ actorName }) => actorName)).toContain(office.handler.name);
	expect(JSON.stringify(await seenByReporter(reference))).not.toContain('SPT 12/2026');
	expect((await letterOf(other.reference)).signers).toEqual([
		{ name: deputy.name, position: null },
		{ name: office.supervisor.name, position: null }
	]);
	expect((await timelineOf(other.id)).filter(({ data }) => 'acting' in data)).toEqual([]);
});
