import { redirect } from '@sveltejs/kit';
import { listPeople } from '#lib/server/people/directory.ts';
import { removeOfficerPhoto, setOfficerPhoto } from '#lib/server/people/officers/officer-photo.ts';
import { changeOfficer, officerForAdmin } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { sentFiles } from '#lib/server/attachments/keep.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const officer = await officerForAdmin(actor, params.id);
		const people = await listPeople(actor);
		return {
			officer,
			office: await unitForAdmin(actor, officer.unitId),
			accounts: people.filter((person) => (person.officer ? person.officer.id === officer.id : person.administered))
		};
	});

const again = (id: string, waits = false) => redirect(303, `/admin/officers/${id}?saved${waits ? '=waiting' : ''}`);

export const actions = {
	details: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const waits = await changeOfficer(signedIn(locals), params.id, data);
			again(params.id, waits);
		});
	},
	photo: async ({ request, locals, params }) => {
		const { files, typed } = await readForm(request);
		return asForm(typed, async () => {
			const [photo] = await sentFiles(files.slice(0, 1));
			await setOfficerPhoto(signedIn(locals), params.id, photo);
			again(params.id);
		});
	},
	removePhoto: async ({ locals, params }) =>
		asForm({ part: 'photo' }, async () => {
			await removeOfficerPhoto(signedIn(locals), params.id);
			again(params.id);
		})
};
