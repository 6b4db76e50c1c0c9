import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { linkPreview } from '#lib/server/web/documents/link-preview.ts';
import { findUnit, isOpenToPublic, officeHeader, openOffices } from '#lib/server/people/units/find-unit.ts';

export const load = async ({ params, url, locals, request }) => {
	const unit = await findUnit(params.unit);
	if (!unit) {
		const title = m.citizen_office_unknown_title();
		error(404, { title, message: m.citizen_office_unknown(), offices: await openOffices() });
	}
	// The address may have the unit code, which is part of every report number, instead of the slug. A refused form is
	// shown at the address that it was sent to, with its text.
	if (params.unit !== unit.slug && request.method !== 'POST')
		redirect(303, url.pathname.replace(/^\/[^/]+/, `/${unit.slug}`) + url.search);
	// A closed office has no link preview and cannot be installed on a phone.
	const inviting = isOpenToPublic(unit) ? { card: (await linkPreview(unit, locals.lang)).path } : { shared: null };
	return { unit: await officeHeader(unit), ...inviting };
};
