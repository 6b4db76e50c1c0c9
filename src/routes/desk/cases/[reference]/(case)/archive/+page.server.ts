import { archiveCase } from '#lib/server/cases/archive.ts';
import { deskVerb } from '#lib/server/web/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		const { status } = await archiveCase(actor, reference, data);
		return status === 'archived' ? 'archived' : 'archive_drafted';
	})
};
