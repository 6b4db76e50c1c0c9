import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { shownLinks } from '#lib/server/people/units/links.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

/**
 * `?reason=` and `?duplicate_of=` preselect values, from the link beside a likely duplicate. `referTo`: sites to which the office
 * refers requests for information.
 */
export const load = async ({ url, parent }) => {
	const reason = url.searchParams.get('reason');
	const { shown } = await parent();
	const referTo = reason === 'information_request' ? await shownLinks(shown.unit, 'request', 'id') : [];
	return { proposed: { reason, duplicateOf: url.searchParams.get('duplicate_of') }, referTo };
};

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data }) => {
			const { status } = await archiveCase(actor, reference, data, { atDesk: true });
			return status === 'archived' ? 'archived' : 'archive_drafted';
		},
		{ field: 'note', use: 'archive' }
	)
};
