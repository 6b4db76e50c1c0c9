import { openOffice } from '#lib/server/people/units/find-unit.ts';
import { servicesOf } from '#lib/server/people/units/services.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const load = ({ params, locals }) =>
	asPage(async () => {
		const services = await servicesOf((await openOffice(params.unit, locals.actor)).id);
		return {
			services: services.map(({ kind, name, nameEn, standard }) => ({
				kind,
				name: locals.lang === 'en' ? nameEn : name,
				standard
			}))
		};
	});
