import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { keptFile } from '#lib/dev/testing/channels/incoming.ts';
import { SARI, useMailbox } from '#lib/dev/testing/channels/use-mailbox.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { entriesOf, rowsOfCase, readCase, trackedCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { caseOfficers, cases, messages } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles } from '#lib/server/db/schema/channels.ts';
import { conversationsFor, lockWaiting, storeDecision } from './conversation.ts';
import { incomingFile, voiceNoteForReporter, writeTranscript } from './incoming-files.ts';
import { openFromConversation } from './open-from-conversation.ts';
import { conversationView } from './view.ts';

const office = useOffice();
const { waitingFrom } = useMailbox(office);

test('only supervisors play a voice note, until somebody has written it down', async () => {
	const voice = keptFile('audio/ogg');
	const id = await waitingFrom(SARI, '', { files: [voice] });
	await expect(incomingFile(office.handler, voice.id)).rejects.toMatchObject({ name: 'NotAllowed' });
	expect((await conversationView(office.handler, id)).messages[0]?.files).toMatchObject([{ playable: false }]);
	const write = (actor = office.supervisor) => writeTranscript(actor, voice.id, { transcript: 'Antreannya lama.' });
	await expect(write(office.handler)).rejects.toMatchObject({ name: 'NotAllowed' });
	await write();
	await expect(write()).rejects.toMatchObject({ code: 'stale' });
	expect((await conversationView(office.handler, id)).messages[0]?.files).toMatchObject([
		{ playable: true, transcript: 'Antreannya lama.' }
	]);
	const { reference } = await openFromConversation(id, {}, office.handler);
	expect(await readCase(reference)).toMatchObject({ body: '(pesan suara) Antreannya lama.' });
	expect(await db().$count(incomingFiles, eq(incomingFiles.id, voice.id))).toBe(1);
});

test('only the receipt of the report opens the recording of its voice note', async () => {
	const voice = keptFile('audio/ogg');
	await fileStore().put(voice.id, new Uint8Array([1, 2, 3]));
	const { reference } = await openFromConversation(await waitingFrom(SARI, '', { files: [voice] }), {}, office.handler);
	const own = await voiceNoteForReporter(await trackedCase(reference), voice.id);
	expect(own).toMatchObject({ mediaType: 'audio/ogg', bytes: Buffer.from([1, 2, 3]) });
	const other = await makeCase(office.unit);
	const notFound = { name: 'NotFound' };
	await expect(voiceNoteForReporter(await trackedCase(other.reference), voice.id)).rejects.toMatchObject(notFound);
	await db().update(conversations).set({ ofReporter: false });
	await expect(voiceNoteForReporter(await trackedCase(reference), voice.id)).rejects.toMatchObject(notFound);
});

test('after a hand-over the supervisors of the office that handles the case play its voice note too', async () => {
	const elsewhere = await makeUnit({ parent: office.root });
	const above = await makeActor([[elsewhere.id, 'supervisor', 'handler']]);
	const voice = keptFile('audio/ogg');
	const id = await waitingFrom(SARI, '', { files: [voice] });
	const { id: caseId } = await openFromConversation(id, {}, office.handler);
	await db().update(cases).set({ handlingUnitId: elsewhere.id }).where(eq(cases.id, caseId));
	expect((await conversationView(above, id)).messages[0]?.files).toMatchObject([{ playable: true }]);
	await writeTranscript(above, voice.id, { transcript: 'Antreannya lama.' });
});

test('a voice note that is written down after the decision becomes a note of the case', async () => {
	const voice = keptFile('audio/ogg');
	const { reference } = await openFromConversation(await waitingFrom(SARI, '', { files: [voice] }), {}, office.handler);
	const [officer] = await makeOfficerWithAccount(office.unit.id);
	await writeTranscript(office.supervisor, voice.id, { transcript: `Di loket ${officer.name} antreannya lama.` });
	expect(await rowsOfCase(caseOfficers, reference)).toMatchObject([{ officerId: officer.id, state: 'proposed' }]);
	expect((await rowsOfCase(messages, reference)).at(-1)).toMatchObject({ public: false, author: 'staff' });
	expect((await entriesOf(reference)).at(-1)).toMatchObject({ type: 'note' });
});

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a transcript that is written while its conversation joins a case is also added to the case as a note',
	async () => {
		const voice = keptFile('audio/ogg');
		const id = await waitingFrom(SARI, '', { files: [voice] });
		const { reference, id: caseId } = await makeCase(office.unit).then((made) => readCase(made.reference));
		const { promise: waited, resolve: release } = Promise.withResolvers<void>();
		const { promise: locked, resolve: hold } = Promise.withResolvers<void>();
		const joining = transaction(async (tx) => {
			await lockWaiting(tx, id, conversationsFor(office.handler));
			hold();
			await waited;
			await storeDecision(tx, id, office.handler, { state: 'case', caseId });
		});
		await locked;
		const writing = writeTranscript(office.supervisor, voice.id, { transcript: 'Antreannya lama.' });
		const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
		await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(1);
		release();
		await Promise.all([joining, writing]);
		expect((await rowsOfCase(messages, reference)).at(-1)).toMatchObject({ body: '(pesan suara) Antreannya lama.' });
	}
);

test('a voice note of a destroyed case is not written down any more', async () => {
	const voice = keptFile('audio/ogg');
	const { id: caseId } = await openFromConversation(
		await waitingFrom(SARI, '', { files: [voice] }),
		{},
		office.handler
	);
	await db().update(cases).set({ destroyedAt: new Date() }).where(eq(cases.id, caseId));
	const late = writeTranscript(office.supervisor, voice.id, { transcript: 'Antreannya lama.' });
	await expect(late).rejects.toMatchObject({ present: { reason: 'destroyed' } });
	expect(
		await db().$count(incomingFiles, and(eq(incomingFiles.id, voice.id), isNotNull(incomingFiles.transcript)))
	).toBe(0);
});
