import { archiveCase, originalCandidate } from '#lib/server/cases/handling/archive.ts';
import { shownLinks } from '#lib/server/people/units/links.ts';
import { deskVerb, nullIfRefused } from '#lib/server/web/forms/desk-verb.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

/**
 * `?reason=` and `?duplicate_of=` preselect values, from the link beside a likely duplicate. `original`: the report of
 * which this one is proposed as a duplicate. `referTo`: sites to which the office refers requests for information.
 */
export const load = withActor(async (actor, { url, params, parent }) => {
	const reason = url.searchParams.get('reason');
	const { shown } = await parent();
	const duplicateOf = url.searchParams.get('duplicate_of') ?? shown.draft?.duplicateOf?.reference;
	const original = duplicateOf ? await nullIfRefused(originalCandidate(actor, params.reference, duplicateOf)) : null;
	const referTo = reason === 'information_request' ? await shownLinks(shown.unit, 'request', 'id') : [];
	return { proposed: { reason, duplicateOf }, original, referTo };
});

export const actions = {
	/** A number that was typed leads to the same form with the report it names. Only an original that was shown is taken. */
	default: deskVerb(
		async ({ actor, reference, data, typed }) => {
			if (data.reason === 'duplicate') {
				const original = await originalCandidate(actor, reference, String(data.duplicate_of ?? ''));
				const shown = { ...typed, duplicate_of: original.reference };
				if (data.seen !== original.reference) return { issues: [], typed: shown, original };
			}
			const { status } = await archiveCase(actor, reference, data, { atDesk: true });
			return status === 'archived' ? 'archived' : 'archive_drafted';
		},
		{ field: 'note', use: 'archive' }
	)
};
