import { listPeople } from '#lib/server/people/directory.ts';
import { removeOfficerPhoto, setOfficerPhoto } from '#lib/server/people/officers/officer-photo.ts';
import { recordPhotoConsent } from '#lib/server/people/officers/photo-consent.ts';
import { changeOfficer, officerForAdmin, seenOfOfficer } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const officer = await officerForAdmin(actor, params.id);
	const people = await listPeople(actor);
	return {
		officer,
		seen: seenOfOfficer(officer),
		office: await unitForAdmin(actor, officer.unitId),
		accounts: people.filter((person) => (person.officer ? person.officer.id === officer.id : person.administered))
	};
});

export const actions = {
	details: formAction(
		async (actor, { data }, { params }) => {
			const waits = await changeOfficer(actor, params.id, data);
			return `/admin/officers/${params.id}?saved${waits ? '=waiting' : ''}`;
		},
		{ confirm: true }
	),
	photo: formAction(async (actor, { files }, { params }) => {
		const [photo] = await sentFiles(files.slice(0, 1));
		await setOfficerPhoto(actor, params.id, photo);
		return `/admin/officers/${params.id}?saved`;
	}),
	consent: changeThenOpen(
		(actor, data, { params }) => recordPhotoConsent(actor, params.id, data),
		({ params }) => `/admin/officers/${params.id}?saved`
	),
	removePhoto: changeThenOpen(
		(actor, _data, { params }) => removeOfficerPhoto(actor, params.id),
		({ params }) => `/admin/officers/${params.id}?saved`,
		{ part: 'photo' }
	)
};
