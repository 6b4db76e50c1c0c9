import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { officeCard } from '#lib/server/web/documents/office-card.ts';
import { findUnit, isOpenToPublic, officeHead, openOffices } from '#lib/server/people/units/find-unit.ts';

export const load = async ({ params, url, locals }) => {
	const unit = await findUnit(params.unit);
	if (!unit) {
		const title = m.citizen_office_unknown_title();
		error(404, { title, message: m.citizen_office_unknown(), offices: await openOffices() });
	}
	// The address may have the unit code, which is part of every report number, instead of the slug.
	if (params.unit !== unit.slug) redirect(303, url.pathname.replace(/^\/[^/]+/, `/${unit.slug}`) + url.search);
	// A closed office has no link preview and cannot be installed on a phone.
	const inviting = isOpenToPublic(unit) ? { card: (await officeCard(unit, locals.lang)).path } : { shared: null };
	return { unit: await officeHead(unit), ...inviting };
};
