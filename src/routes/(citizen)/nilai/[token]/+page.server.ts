import { error, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { officeHeader, openOffice } from '#lib/server/people/units/find-unit.ts';
import { openVisit, type FoundVisit } from '#lib/server/visits/link.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { knownDevice } from '#lib/server/web/cookies/devices.ts';
import { isNavigation } from '#lib/server/web/http/navigation.ts';
import { ratingFormPage, receiveRating } from '#lib/server/web/forms/rating-form.ts';

type Known = Exclude<FoundVisit, { state: 'unknown' }>;

/** The visit of a rating link, open or not. Fails with 404 for an unknown link. */
async function visitOf(event: RequestEvent<{ token: string }>): Promise<Known> {
	const device = await knownDevice(event.cookies);
	const visit = await openVisit(event.params.token, {
		actor: event.locals.actor,
		device,
		navigates: isNavigation(event)
	});
	if (visit.state === 'unknown') {
		error(404, { title: m.citizen_visit_unknown_title(), message: m.citizen_visit_unknown() });
	}
	return visit;
}

/** The visit of a link that can still be used. Otherwise fails with an explanation and a link to the open rating form. */
async function openVisitOf(event: RequestEvent<{ token: string }>): Promise<Known> {
	const visit = await visitOf(event);
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
		const { officer, service, fromOffice, unit: at } = await openVisitOf(event);
		const unit = await openOffice(at.slug, event.locals.actor);
		return {
			unit: await officeHeader(unit),
			visit: { officer, service, fromOffice },
			...(await ratingFormPage(event, unit, null))
		};
	});

export const actions = {
	// Accepts links that are used, because a form that is sent twice gets the first result again. Other reuse is refused.
	default: (event) =>
		asPage(async () => {
			const { unit, officer, service, fromOffice } = await visitOf(event);
			const visit = { token: event.params.token, officerId: officer?.id, service: service ?? undefined, fromOffice };
			return receiveRating(event, async () => unit, visit);
		})
};
