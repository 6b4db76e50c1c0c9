import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { NotFound } from '#lib/server/errors.ts';
import { openOffices } from '#lib/server/people/units/find-unit.ts';
import { frontDoor } from '#lib/server/web/front-door.ts';

export const load = async ({ params, url }) => {
	const officePage = await frontDoor(params.unit).catch((cause: unknown) => {
		if (cause instanceof NotFound) return undefined;
		throw cause;
	});
	if (!officePage) {
		const title = m.citizen_office_unknown_title();
		error(404, { title, message: m.citizen_office_unknown(), offices: await openOffices() });
	}
	const { unit } = officePage;
	// The address may have the unit code, which is part of every report number, instead of the slug.
	if (params.unit !== unit.slug) redirect(303, url.pathname.replace(/^\/[^/]+/, `/${unit.slug}`) + url.search);
	const { name, slug, accent, timeZone, address, phone, whatsapp, email } = unit;
	return { unit: { name, slug, accent, timeZone, address, phone, whatsapp, email } };
};
