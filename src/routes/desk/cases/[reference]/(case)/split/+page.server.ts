import { randomUUID } from 'node:crypto';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const load = () => ({ submissionId: randomUUID() });

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await splitCase(actor, reference, data);
		return 'split';
	})
};
