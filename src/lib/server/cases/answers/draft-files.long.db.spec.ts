import { beforeEach, expect, test } from 'vitest';
import { fileStore, sweepFiles } from '#lib/server/attachments/store.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { forwardableFiles } from '#lib/server/escalation/forward/files.ts';
import {
	caseIn,
	lastEntry,
	readCase,
	story,
	ANSWER,
	approve,
	act,
	rowsOfCase,
	seenByReporter,
	trackedCase
} from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { answerCase } from './answer.ts';
import { decideDraft } from './decide-draft.ts';
import { archiveCase } from '../handling/archive.ts';
import { attachmentForActor, attachmentForReporter } from '../files.ts';
import { deskCase } from '../view.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

let reference: string;
beforeEach(async () => {
	({ reference } = await caseIn(office, 'in_progress'));
});

const photo = async (name: string) => ({ name, type: 'image/png', bytes: await fourColourImage().png().toBuffer() });

async function draft(input: Record<string, unknown> = {}, ...names: string[]) {
	const files = await Promise.all(names.map(photo));
	return act(answerCase, office.handler, reference, { body: ANSWER, ...input }, { files });
}

const draftFiles = async () => (await deskCase(office.handler, reference)).draft?.files ?? [];
const names = async () => (await draftFiles()).map(({ name }) => name);
const sendBack = () =>
	act(decideDraft, office.supervisor, reference, { decision: 'send_back', reason: 'Sebutkan loketnya.' });

test('staff see the files of a draft, the reporter sees them only after the approval', async () => {
	await draft({}, 'loket.png');
	const [file] = await draftFiles();
	expect((await attachmentForActor(office.supervisor, file?.id ?? '')).mediaType).toMatch(/^image\//);
	await expect(attachmentForReporter(await trackedCase(reference), file?.id ?? '')).rejects.toMatchObject({
		name: 'NotFound'
	});
	expect((await seenByReporter(reference)).attachments).toEqual([]);
	expect(await forwardableFiles(db(), (await readCase(reference)).id)).toEqual([]);
	expect((await deskCase(office.handler, reference)).files).toEqual([]);

	await approve(office.supervisor, reference);
	const { attachments: shown, messages } = await seenByReporter(reference);
	expect(shown).toMatchObject([{ id: file?.id, messageId: messages.at(-1)?.id, public: true }]);
	expect((await attachmentForReporter(await trackedCase(reference), file?.id ?? '')).name).toBe('loket.jpg');
});

test('the writer drops and adds files of a draft that was sent back, and dropped files are deleted later', async () => {
	await draft({}, 'loket.png', 'papan.png');
	await sendBack();
	const [first] = await draftFiles();
	expect((await names()).sort()).toEqual(['loket.jpg', 'papan.jpg']);
	await draft({ drop_files: first?.id }, 'antrean.png');
	expect((await names()).sort()).toEqual(['antrean.jpg', 'papan.jpg']);
	expect(await fileStore().read(first?.id ?? '')).not.toBeNull();
	await inHours(48, sweepFiles);
	expect(await fileStore().read(first?.id ?? '')).toBeNull();
	expect(await Promise.all((await draftFiles()).map(({ id }) => fileStore().read(id)))).not.toContain(null);
});

test('a draft has at most as many files as a message', async () => {
	await draft({}, 'a.png', 'b.png', 'c.png');
	await expect(draft({}, 'd.png', 'e.png', 'f.png')).rejects.toMatchObject({
		issues: [{ path: 'file', code: 'file_too_many' }]
	});
	expect((await names()).sort()).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
});

test('if an archiving replaces a drafted answer, its files are removed', async () => {
	await draft({}, 'loket.png');
	await act(archiveCase, office.handler, reference, { reason: 'withdrawn' });
	expect(await rowsOfCase(attachments, reference)).toEqual([]);
});

test('a draft that is rewritten by the API keeps the files attached at the desk', async () => {
	await draft({}, 'loket.png');
	await sendBack();
	await act(answerCase, office.handler, reference, { body: `${ANSWER} Loket dua.` });
	expect((await names()).sort()).toEqual(['loket.jpg']);
});

test('the desk form requires a file or an action with its day for the answer to a complaint', async () => {
	const today = now().toISOString().slice(0, 10);
	const refused = (code: string, path = 'action') => ({ name: 'Invalid', issues: [{ path, code }] });
	const unfounded = {
		issues: [
			{ path: 'action', code: 'evidence_missing' },
			{ path: 'action_on', code: 'action_on_missing' }
		]
	};
	await expect(draft()).rejects.toMatchObject(unfounded);
	await expect(draft({ action: 'Loket kedua dibuka.' })).rejects.toMatchObject(
		refused('action_on_missing', 'action_on')
	);
	await expect(draft({ action_on: '2026-01-05' })).rejects.toMatchObject(refused('action_missing'));
	await expect(draft({ action: 'Loket kedua dibuka.', action_on: '2080-01-01' })).rejects.toMatchObject(
		refused('action_on_future', 'action_on')
	);
	await expect(draft({ body: 'Sudah.', action: 'Loket kedua dibuka.' })).rejects.toMatchObject({
		issues: [
			{ path: 'body', code: 'answer_short' },
			{ path: 'action_on', code: 'action_on_missing' }
		]
	});
	expect(await story(reference)).not.toContain('answer_drafted');

	await draft({ action: 'Loket kedua dibuka.', action_on: today });
	await sendBack();
	// A file of the draft is evidence too, unless it is dropped.
	await draft({}, 'loket.png');
	await sendBack();
	const [file] = await draftFiles();
	await expect(draft({ drop_files: [file?.id] })).rejects.toMatchObject(unfounded);
	await draft({ action: 'Loket kedua dibuka.', action_on: today, drop_files: [file?.id] });
	await approve(office.supervisor, reference);
	expect((await lastEntry(reference, 'answered'))?.data).toMatchObject({
		action: 'Loket kedua dibuka.',
		action_on: today
	});
});

test('requires no evidence for a suggestion or for an answer by the API', async () => {
	const { reference: suggestion } = await caseIn(office, 'verified', { kind: 'suggestion' });
	await act(answerCase, office.handler, suggestion, { body: ANSWER }, { files: [] });
	expect((await readCase(suggestion)).status).toBe('answered');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	expect((await deskCase(office.handler, reference)).draft).toMatchObject({ state: 'pending', action: null });
});
