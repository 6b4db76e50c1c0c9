import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { openOffices } from '#lib/server/people/units/find-unit.ts';
import { officerOnDuty } from '#lib/server/places/duty.ts';
import { countScan, placeByCode } from '#lib/server/places/places.ts';
import { placeCookie } from '#lib/server/web/cookies/citizen-cookies.ts';
import { dropInvitation, rememberOfficer } from '#lib/server/web/cookies/complaint-prefill.ts';

export const load = async ({ params, cookies, url }) => {
	const result = await placeByCode(params.code);
	if ('found' in result) {
		const { id, code, unit } = result.found;
		await countScan(id);
		await placeCookie.write(cookies, { code });
		// Another person may scan the next code on this phone.
		dropInvitation(cookies);
		// The code on a tablet's thank-you page also has the id of the rated officer, for every score.
		const rated = url.searchParams.get('petugas');
		await rememberOfficer(cookies, rated);
		const isToRate = rated === null && (await officerOnDuty(id)) !== null;
		redirect(303, `/${unit.slug}${isToRate ? '/nilai' : ''}`);
	}
	if ('withdrawn' in result) {
		const { slug, name } = result.withdrawn.unit;
		error(410, {
			title: m.citizen_code_withdrawn_title(),
			message: m.citizen_code_withdrawn({ unit: name }),
			next: { href: `/${slug}`, label: m.citizen_to_office({ unit: name }) }
		});
	}
	error(404, {
		title: m.citizen_code_unknown_title(),
		message: m.citizen_code_unknown(),
		offices: await openOffices(),
		typedCode: params.code
	});
};
