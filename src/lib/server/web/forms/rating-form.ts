import { redirect, type RequestEvent } from '@sveltejs/kit';
import { ratingInput } from '#lib/ratings/schema.ts';
import { checked } from '#lib/server/checked.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { officersAt, type RatedOfficer } from '#lib/server/people/officers/officers.ts';
import { dutyByDesk, officerOfDesk, type OfficerOnDuty } from '#lib/server/places/duty.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { BY_SCRIPT, LATER } from '#lib/ui/form/form-state.ts';
import { asForm } from '../http/error-responses.ts';
import { scannedPlace } from '../cookies/citizen-cookies.ts';
import { inviteToComplain } from '../cookies/complaint-prefill.ts';
import { forgetPages } from '../http/forget-pages.ts';
import { readForm } from '../http/form.ts';
import { serviceChoices } from './choices.ts';
import { hiddenFields, kioskSigns, ratingSigns } from './form-signs.ts';

/** Up to this score, the thank-you page offers the complaint form. */
const LOW = 2;

/** Parameter of the form's address that shows all officers instead of the one on duty. */
const EVERYBODY = 'petugas';

/**
 * Data of the rating form of an office. At a desk it is about the officer on duty, unless the visitor chose another
 * one.
 *
 * @param at the tablet's place; null for a visit's link, which belongs to no desk; undefined for the last scanned place
 */
export async function ratingFormPage(
	event: RequestEvent,
	unit: Pick<Unit, 'id'>,
	at?: { id: string; name: string } | null
) {
	const [place, duty, everybody, services, hidden] = await Promise.all([
		at === undefined ? scannedPlace(event, unit.id) : at,
		dutyByDesk(unit.id),
		officersAt(unit.id),
		serviceChoices(unit.id, event.locals.lang),
		hiddenFields(event)
	]);
	const atDesk = event.url.searchParams.has(EVERYBODY) ? undefined : officerOfDesk(duty, place?.id);
	return {
		hidden,
		atDesk: atDesk && { id: atDesk.id, name: atDesk.name },
		others: `?${EVERYBODY}=semua`,
		place: place && { name: place.name },
		officers: onDutyFirst(everybody, duty),
		services
	};
}

/**
 * Orders the officers: those on duty first, with the first desk they cover. The others keep their desks, except covered
 * ones.
 */
export function onDutyFirst(everybody: readonly RatedOfficer[], duty: readonly OfficerOnDuty[]) {
	const deskNow = new Map(duty.map((officer) => [officer.id, officer.placeName] as const).reverse());
	const covered = new Set(deskNow.values());
	const shown = everybody.map(({ id, name, desks, hasPhoto }) => {
		const desk = deskNow.get(id);
		return { id, name, hasPhoto, desks: desk ? [desk] : desks.filter((one) => !covered.has(one)) };
	});
	return shown.sort((a, b) => Number(deskNow.has(b.id)) - Number(deskNow.has(a.id)));
}

/**
 * Reads the rating from a form of one office. The time is never read from the form, because a browser could send any
 * time.
 */
const ratingIn = (data: Record<string, unknown>, { slug }: Pick<Unit, 'slug'>) =>
	checked(ratingInput, { ...data, unit: slug, given_at: undefined });

/** Stores a rating. A low one leads to an invitation to the complaint form, with officer and service filled in. */
export async function receiveRating(
	event: RequestEvent,
	unit: Pick<Unit, 'id' | 'slug'>,
	visit?: { token: string; officerId: string | undefined; service: string | undefined; fromOffice: boolean }
) {
	const { data, typed } = await readForm(event.request, ['tags']);
	return asForm(typed, async () => {
		const input = ratingIn(data, unit);
		const place = await scannedPlace(event, unit.id);
		await submitRating(input, {
			source: place ? 'place' : 'web',
			visitor: event.locals.actor,
			...(await ratingSigns(event, typed, { placeId: place?.id, byLink: visit?.fromOffice === false })),
			...(place ? { placeId: place.id } : {}),
			...(visit ? { visitToken: visit.token } : {})
		});
		// The invitation of a rating that was sent after its page was closed would reach the phone's next user.
		if (input.score <= LOW && event.request.headers.get(BY_SCRIPT) !== LATER) {
			await inviteToComplain(event.cookies, visit?.officerId ?? input.officer, visit?.service ?? input.service);
		}
		forgetPages(event.cookies);
		return redirect(303, `/${unit.slug}/nilai/terima-kasih`);
	});
}

/**
 * Stores a rating from a paired tablet's plain form and shows an empty form. One tablet serves a whole queue, so the
 * rate limit is per tablet and the browser is no signal. Links of visits are for the visitor's own phone and are
 * ignored here.
 */
export async function receiveKioskRating(
	event: RequestEvent,
	kiosk: { id: string; place: { id: string }; unit: Pick<Unit, 'id' | 'slug'> }
) {
	const { data, typed } = await readForm(event.request, ['tags']);
	return asForm(typed, async () => {
		await submitRating(
			{ ...ratingIn(data, kiosk.unit), visit_token: undefined, place: undefined },
			{ source: 'kiosk', placeId: kiosk.place.id, noticed: await kioskSigns(event, typed, kiosk.id) }
		);
		forgetPages(event.cookies);
		return redirect(303, '/kiosk?terima');
	});
}
