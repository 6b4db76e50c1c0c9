import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { openOffice } from '#lib/server/people/offices.ts';
import { findVisit, type FoundVisit } from '#lib/server/visits/visits.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { ratingFormPage, receiveRating } from '#lib/server/web/rating-form.ts';

type Known = Exclude<FoundVisit, { state: 'unknown' }>;

/** The visit a link opens, else the page that says why it opens nothing and where the open form is. */
async function openVisit(token: string): Promise<Known> {
	const visit = await findVisit(token);
	if (visit.state === 'unknown') {
		error(404, { title: m.citizen_visit_unknown_title(), message: m.citizen_visit_unknown() });
	}
	if (visit.state === 'open') return visit;
	const used = visit.state === 'used';
	error(410, {
		title: used ? m.citizen_visit_used_title() : m.citizen_visit_expired_title(),
		message: used ? m.citizen_visit_used() : m.citizen_visit_expired(),
		next: { href: `/${visit.unit.slug}/nilai`, label: m.citizen_visit_open_form() }
	});
}

export const load = (event) =>
	asPage(async () => {
		const visit = await openVisit(event.params.token);
		const unit = await openOffice(visit.unit.slug);
		const { name, slug, accent } = unit;
		return {
			unit: { name, slug, accent },
			visit: { officer: visit.officer, service: visit.service },
			...(await ratingFormPage(event, unit))
		};
	});

export const actions = {
	default: (event) =>
		asPage(async () => {
			const { token } = event.params;
			const visit = await openVisit(token);
			const frozen = { token, officerId: visit.officer?.id, service: visit.service ?? undefined };
			return receiveRating(event, visit.unit, frozen);
		})
};
