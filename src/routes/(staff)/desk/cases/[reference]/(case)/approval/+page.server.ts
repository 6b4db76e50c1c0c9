import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		const { status } = await decideDraft(actor, reference, data);
		if (data.decision !== 'approve') return 'sent_back';
		return status === 'archived' ? 'archive_approved' : 'approved';
	})
};
