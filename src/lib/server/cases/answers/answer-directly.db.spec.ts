import { asc, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unfilledIn } from '#lib/cases/placeholders.ts';
import { CATEGORIES, PRIORITIES } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { ANSWER, atTime, caseIn, makeOffice, on, readCase, story, act, rowsOfCase } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { answerDirectly, answerCase } from './answer.ts';
import { assignCase } from '../handling/assign.ts';
import { writeMessage } from '../conversation/message.ts';
import { verifyCase } from '../handling/verify.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const noFiles = { files: [] };
const kinds = ['suggestion', 'information_request'] as const;

/** Everything that the actions changed on a case, without ids and other values that differ between any two cases. */
async function traceOf(reference: string) {
	const row = await readCase(reference);
	const entries = await db().select().from(timeline).where(eq(timeline.caseId, row.id)).orderBy(asc(timeline.seq));
	const running = await db().select().from(clocks).where(eq(clocks.caseId, row.id)).orderBy(clocks.name, clocks.run);
	const said = await db().select().from(messages).where(eq(messages.caseId, row.id)).orderBy(messages.at);
	const { status, version, category, class: kind, priority, assigneeId, answeredAt, dueAt, returnStatus } = row;
	return {
		row: { status, version, category, kind, priority, assigneeId, answeredAt, dueAt, returnStatus },
		entries: entries.map(({ type, at, actorKind, actorId, public: isPublic, data }) => {
			const { message, letter, ...rest } = data;
			return {
				type,
				at,
				actorKind,
				actorId,
				isPublic,
				data: { ...rest, said: Boolean(message), letter: Boolean(letter) }
			};
		}),
		clocks: running.map(({ id: _id, caseId: _case, ...clock }) => clock),
		said: said.map(({ author, accountId, public: isPublic, body }) => ({ author, accountId, isPublic, body }))
	};
}

test('"Jawab langsung" has the same effect as verify, assign and answer in sequence', async () => {
	const input = fc.record({
		kind: fc.constantFrom(...kinds),
		category: fc.constantFrom(...CATEGORIES.filter((one) => one !== 'integrity')),
		priority: fc.constantFrom(...PRIORITIES),
		assigned: fc.constantFrom(null, 'self'),
		written: fc.boolean(),
		receivedAt: fc.date({
			min: new Date('2026-02-01T00:00:00Z'),
			max: new Date('2026-11-01T00:00:00Z'),
			noInvalidDate: true
		}),
		hoursLater: fc.integer({ min: 0, max: 24 * 30 }),
		body: fc
			.string({ minLength: 12, maxLength: 200 })
			.filter((text) => text.trim().length >= 10 && !text.includes('\0') && unfilledIn(text).length === 0)
	});
	await fc.assert(
		fc.asyncProperty(input, async (sample) => {
			const { handler } = office;
			const opened = sample.receivedAt.toISOString();
			const answered = new Date(sample.receivedAt.getTime() + sample.hoursLater * 3_600_000).toISOString();
			const prepare = async () => {
				const body = 'Sediakan kursi untuk orang tua di ruang tunggu.';
				const { reference } = await atTime(opened, () => makeCase(office.unit, { kind: sample.kind, body }));
				await atTime(opened, async () => {
					if (sample.assigned) {
						await act(assignCase, handler, reference, { assignee: handler.accountId });
					}
					if (sample.written) await writeMessage(handler, reference, { body: 'Kami baca dulu.', public: true });
				});
				return reference;
			};
			const { category, priority, body } = sample;
			const stepByStep = await prepare();
			await atTime(answered, async () => {
				const kind = sample.kind === 'information_request' ? 'information' : 'plain';
				await act(verifyCase, handler, stepByStep, { category, priority, class: kind });
				await act(assignCase, handler, stepByStep, { assignee: handler.accountId });
				await act(answerCase, handler, stepByStep, { body });
			});
			const direct = await prepare();
			await atTime(answered, () => act(answerDirectly, handler, direct, { category, priority, body }, noFiles));
			expect(await traceOf(direct)).toEqual(await traceOf(stepByStep));
			expect((await story(direct)).slice(-3)).toEqual(['verified', 'assigned', 'answered']);
		}),
		{ numRuns: rounds({ quick: 4, all: 12 }) }
	);
});

test('attaches the files to the answer, and changes nothing if a step is refused', async () => {
	const { handler } = office;
	const { reference } = await makeCase(office.unit, { kind: 'suggestion' });
	const photo = { name: 'kursi.png', type: 'image/png', bytes: await fourColourImage().png().toBuffer() };
	// The last step is refused, so the first two are rolled back.
	const farFuture = await on(reference, {
		category: 'facilities',
		body: ANSWER,
		action: 'Kursi dipesan.',
		action_on: '2080-01-01'
	});
	await expect(answerDirectly(handler, reference, farFuture, { files: [photo] })).rejects.toMatchObject({
		issues: [{ path: 'action_on', code: 'action_on_future' }]
	});
	const unfilled = { category: 'facilities', body: `${ANSWER} {batas_waktu}` };
	await expect(act(answerDirectly, handler, reference, unfilled, { files: [] })).rejects.toMatchObject({
		issues: [{ path: 'body', code: 'placeholder_open' }]
	});
	expect(await story(reference)).toEqual(['opened']);
	expect(await readCase(reference)).toMatchObject({ status: 'received', version: 1, assigneeId: null });
	await act(
		answerDirectly,
		handler,
		reference,
		{ category: 'facilities', body: ANSWER },
		{
			files: [photo]
		}
	);
	const files = await rowsOfCase(attachments, reference);
	expect(files).toMatchObject([{ public: true, approvalId: null, messageId: expect.any(String) }]);
});

test('refuses a direct answer to a complaint, an integrity case, a verified case, a case of a colleague or of another office', async () => {
	const { handler, supervisor } = office;
	const { reference: complaint } = await makeCase(office.unit);
	const input = { category: 'time', body: ANSWER };
	await expect(act(answerDirectly, handler, complaint, input, noFiles)).rejects.toMatchObject({
		code: 'invalid-move',
		present: { reason: 'not_direct' }
	});
	const { reference: suggestion } = await makeCase(office.unit, { kind: 'suggestion' });
	await expect(
		act(answerDirectly, handler, suggestion, { ...input, category: 'integrity' }, noFiles)
	).rejects.toMatchObject({ issues: [{ path: 'category', code: 'integrity_not_direct' }] });
	const { reference: integrity } = await makeCase(office.unit, { kind: 'suggestion', category: 'integrity' });
	await expect(act(answerDirectly, office.rootSupervisor, integrity, input, noFiles)).rejects.toMatchObject({
		code: 'invalid-move',
		present: { reason: 'not_direct' }
	});
	const verified = await caseIn(office, 'verified', { kind: 'suggestion' });
	await expect(act(answerDirectly, handler, verified.reference, input, noFiles)).rejects.toMatchObject({
		code: 'invalid-move'
	});
	await act(assignCase, supervisor, suggestion, { assignee: supervisor.accountId });
	await expect(act(answerDirectly, handler, suggestion, input, noFiles)).rejects.toMatchObject({
		name: 'NotAllowed'
	});
	const stranger = await makeActor([[(await makeOffice()).unit.id, 'handler']]);
	await expect(act(answerDirectly, stranger, suggestion, input, noFiles)).rejects.toMatchObject({
		name: 'NotFound'
	});
});
