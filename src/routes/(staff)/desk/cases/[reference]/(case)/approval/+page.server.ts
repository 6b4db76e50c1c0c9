import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await decideDraft(actor, reference, data);
		return data.decision === 'approve' ? 'approved' : 'sent_back';
	})
};
