import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { openOffices } from '#lib/server/people/units/find-unit.ts';
import { countScan, placeByCode } from '#lib/server/places/places.ts';
import { placeCookie } from '#lib/server/web/cookies/citizen-cookies.ts';
import { rememberOfficer } from '#lib/server/web/cookies/complaint-prefill.ts';

export const load = async ({ params, cookies, url }) => {
	const answer = await placeByCode(params.code);
	if ('found' in answer) {
		await countScan(answer.found.id);
		await placeCookie.write(cookies, { code: answer.found.code });
		// A tablet's code also says who was rated there, whatever the score.
		await rememberOfficer(cookies, url.searchParams.get('petugas'));
		redirect(303, `/${answer.found.unit.slug}`);
	}
	if ('withdrawn' in answer) {
		const { slug, name } = answer.withdrawn.unit;
		error(410, {
			title: m.citizen_code_withdrawn_title(),
			message: m.citizen_code_withdrawn({ unit: name }),
			next: { href: `/${slug}`, label: m.citizen_to_office({ unit: name }) }
		});
	}
	error(404, {
		title: m.citizen_code_unknown_title(),
		message: m.citizen_code_unknown(),
		offices: await openOffices()
	});
};
