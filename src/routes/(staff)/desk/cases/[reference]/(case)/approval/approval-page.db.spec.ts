import { expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ANSWER, act, caseIn, readCase } from '#lib/dev/testing/office.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { actions } from './+page.server.ts';

const office = useOffice();

/** Sends the form of the draft's page. */
async function sendAtPage(actor: Actor, reference: string, typed: Record<string, string>): Promise<unknown> {
	const { version } = await readCase(reference);
	const fields = { ...typed, version: String(version) };
	return actions.default(requestTo('/', { actor, params: { reference }, fields }));
}

const approveAtPage = (reference: string, reason: string) =>
	sendAtPage(office.supervisor, reference, { decision: 'approve', reason });

test('an approval with a text of what needs fixing is refused, and the answer is not sent', async () => {
	const { reference } = await caseIn(office, 'in_progress');
	await act(answerCase, office.handler, reference, { body: ANSWER });
	const refused = await approveAtPage(reference, 'Sebutkan tanggalnya.');
	expect(refused).toMatchObject({ status: 422, data: { issues: [{ path: 'reason', code: 'reason_unsent' }] } });
	expect((await readCase(reference)).status).toBe('in_progress');
	await expect(approveAtPage(reference, ' ')).rejects.toMatchObject({ status: 303 });
	expect((await readCase(reference)).status).toBe('answered');
});

test('the writer of a proposal to archive withdraws it and stays at the report', async () => {
	const { reference } = await caseIn(office, 'received');
	await act(archiveCase, office.handler, reference, { reason: 'spam' });
	const withdrawn = sendAtPage(office.handler, reference, { decision: 'withdraw' });
	await expect(withdrawn).rejects.toMatchObject({
		status: 303,
		location: `/desk/cases/${reference}?done=archive_withdrawn`
	});
});
