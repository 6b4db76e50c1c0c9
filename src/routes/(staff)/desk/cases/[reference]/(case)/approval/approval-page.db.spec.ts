import { expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { ANSWER, act, caseIn, readCase } from '#lib/dev/testing/office.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { actions } from './+page.server.ts';

const office = useOffice();

/** Approves a draft with the form of its page. */
async function approveAtPage(reference: string, reason: string): Promise<unknown> {
	const { version } = await readCase(reference);
	const fields = { decision: 'approve', reason, version: String(version) };
	return actions.default(requestTo('/', { actor: office.supervisor, params: { reference }, fields }));
}

test('an approval with a text of what needs fixing is refused, and the answer is not sent', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	const refused = await approveAtPage(reference, 'Sebutkan tanggalnya.');
	expect(refused).toMatchObject({ status: 422, data: { issues: [{ path: 'reason', code: 'reason_unsent' }] } });
	expect((await readCase(reference)).status).toBe('in_progress');
	await expect(approveAtPage(reference, ' ')).rejects.toMatchObject({ status: 303 });
	expect((await readCase(reference)).status).toBe('answered');
});
