import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

/** `?reason=` and `?duplicate_of=` preselect values, from the link beside a likely duplicate. */
export const load = ({ url }) => ({
	proposed: { reason: url.searchParams.get('reason'), duplicateOf: url.searchParams.get('duplicate_of') }
});

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data }) => {
			const { status } = await archiveCase(actor, reference, data, { atDesk: true });
			return status === 'archived' ? 'archived' : 'archive_drafted';
		},
		{ field: 'note', use: 'archive' }
	)
};
