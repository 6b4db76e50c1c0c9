import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { removeOfficerPhoto, setOfficerPhoto } from '#lib/server/people/officers/officer-photo.ts';
import { officerForAdmin } from '#lib/server/people/officers/officers.ts';
import { changeThenOpen, formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => ({ officer: await officerForAdmin(actor, params.id) }));

export const actions = {
	set: formAction(async (actor, { files }, { params }) => {
		const [photo] = await sentFiles(files.slice(0, 1));
		await setOfficerPhoto(actor, params.id, photo);
		return `/admin/officers/${params.id}/photo?saved`;
	}),
	remove: changeThenOpen(
		(actor, _data, { params }) => removeOfficerPhoto(actor, params.id),
		({ params }) => `/admin/officers/${params.id}/photo?saved`
	)
};
