import { expect, test } from 'vitest';
import { ANSWER, act, approve, caseIn, lastEntry, readCase, rowsOfCase, story } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { approvals, attachments } from '#lib/server/db/schema/cases.ts';
import { archiveCase } from '../handling/archive.ts';
import { answerCase } from './answer.ts';
import { decideDraft } from './decide-draft.ts';
import { withdrawOwnDraft } from './withdraw-draft.ts';

const office = useOffice();
const gone = { name: 'Conflict', code: 'invalid-move' };
const states = async (reference: string) => (await rowsOfCase(approvals, reference)).map(({ state }) => state);

test.each(['received', 'needs_info'] as const)(
	'a proposal to archive is withdrawn by its writer: %s',
	async (status) => {
		const { reference } = await caseIn(office, status);
		await act(archiveCase, office.handler, reference, { reason: 'spam', note: 'Ini iklan.' });
		await act(withdrawOwnDraft, office.handler, reference);
		expect(await readCase(reference)).toMatchObject({ status });
		expect(await states(reference)).toEqual(['withdrawn']);
		expect((await story(reference)).slice(-2)).toEqual(['archive_drafted', 'archive_withdrawn']);
		expect(await lastEntry(reference, 'archive_withdrawn')).toMatchObject({
			public: false,
			actorId: office.handler.accountId
		});
		await expect(approve(office.supervisor, reference)).rejects.toMatchObject(gone);
	}
);

test('a waiting answer is withdrawn by its writer with its files, and a new one can be written', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	const files = [{ name: 'loket.png', type: 'image/png', bytes: await fourColourImage().png().toBuffer() }];
	await act(answerCase, office.handler, reference, { body: ANSWER }, { files });
	await act(withdrawOwnDraft, office.handler, reference);
	expect(await rowsOfCase(attachments, reference)).toEqual([]);
	expect((await readCase(reference)).status).toBe('in_progress');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	await approve(office.supervisor, reference);
	expect((await story(reference)).slice(-4)).toEqual([
		'answer_drafted',
		'answer_withdrawn',
		'answer_drafted',
		'answered'
	]);
	expect(await states(reference)).toEqual(['withdrawn', 'approved']);
});

test('only the writer withdraws a draft, and only while it waits', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	await expect(act(withdrawOwnDraft, office.handler, reference)).rejects.toMatchObject(gone);
	await act(answerCase, office.handler, reference, { body: ANSWER });
	await expect(act(withdrawOwnDraft, office.supervisor, reference)).rejects.toMatchObject(gone);
	await act(decideDraft, office.supervisor, reference, { decision: 'send_back', reason: 'Sebutkan tanggalnya.' });
	await expect(act(withdrawOwnDraft, office.handler, reference)).rejects.toMatchObject(gone);
	expect(await states(reference)).toEqual(['sent_back']);
});
