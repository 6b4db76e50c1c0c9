import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { withdrawOwnDraft } from '#lib/server/cases/answers/withdraw-draft.ts';
import { invalid } from '#lib/server/errors.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	/** Decides the waiting draft, or withdraws it for its writer. */
	default: deskVerb(async ({ actor, reference, data }) => {
		if (data.decision === 'withdraw') return withdrawOwnDraft(actor, reference, data);
		// Somebody who wrote what needs fixing wanted to send the draft back, and an approval can't be undone.
		if (data.decision === 'approve' && data.reason) throw invalid('reason', 'reason_unsent');
		const { status } = await decideDraft(actor, reference, data);
		if (data.decision !== 'approve') return 'sent_back';
		return status === 'archived' ? 'archive_approved' : 'approved';
	})
};
