import { randomUUID } from 'node:crypto';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const load = () => ({ submissionId: randomUUID() });

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await recordReporterAnswer(actor, reference, data);
		return 'recorded';
	})
};
