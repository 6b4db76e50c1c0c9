import { expect, test } from 'vitest';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { atTime, bringTo, clockOf, lastEntry, readCase, act } from '#lib/dev/testing/office.ts';
import { askReporter } from '../conversation/message.ts';
import { previewPause } from './view-clocks.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const MONDAY = '2026-11-23T02:00:00Z';

async function opened(kind: string): Promise<string> {
	return atTime(MONDAY, async () => {
		const { reference } = await makeCase(office.unit, { kind });
		await bringTo(office, reference, 'in_progress');
		return reference;
	});
}

test.each(['complaint', 'suggestion', 'information_request'])(
	'the preview of a question about a %s matches its effect: two questions pause deadlines, a third does not',
	async (kind) => {
		const reference = await opened(kind);
		for (const question of [1, 2, 3]) {
			const preview = await atTime(MONDAY, () => previewPause(office.handler, reference));
			await atTime(MONDAY, () => act(askReporter, office.handler, reference, { body: 'Di loket yang mana?' }));
			expect([question, preview.pauses]).toEqual([question, question < 3 ? ['solution'] : []]);
			expect((await clockOf(reference, 'solution'))?.state).toBe(question < 3 ? 'paused' : 'running');
			for (const name of preview.goesOn) expect((await clockOf(reference, name))?.state).toBe('running');
			expect((await clockOf(reference, 'reporter_turn'))?.dueAt).toEqual(preview.until);
			expect((await lastEntry(reference, 'info_requested'))?.data.pauses).toBe(question < 3);
			const { id } = await readCase(reference);
			await atTime(MONDAY, () => writeToOffice(id, { body: 'Di loket nomor dua.' }));
		}
	}
);

test('before verification the question would pause that deadline too; deadlines that the question meets are not listed', async () => {
	const { reference } = await atTime(MONDAY, () => makeCase(office.unit));
	const preview = await atTime(MONDAY, () => previewPause(office.handler, reference));
	expect(preview.pauses.sort()).toEqual(['solution', 'verification']);
	expect(preview.goesOn).toEqual([]);
});
