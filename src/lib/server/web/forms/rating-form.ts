import { redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { ratingInput } from '#lib/ratings/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { servicesOf } from '#lib/server/people/units/offered-services.ts';
import { officersAt } from '#lib/server/people/officers/rated-officers.ts';
import { dutyByDesk, officerOfDesk } from '#lib/server/places/duty.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { asForm, type FormAnswer } from '../http/answers.ts';
import { scannedPlace } from '../cookies/citizen-cookies.ts';
import { forgetPages } from '../http/forget-pages.ts';
import { readForm, type ReadForm } from '../http/form.ts';
import { hiddenFields } from './form-signs.ts';
import { presentFirst } from './present-first.ts';
import { kioskSigns, ratingSigns } from './rating-signs.ts';
import { inviteToComplain } from '../cookies/what-is-known.ts';

/** Scores after which the page invites to file a complaint. */
const LOW = 2;

/** Parameter of the form's address that shows all officers instead of the one on duty. */
const EVERYBODY = 'petugas';

/**
 * Data of the rating form of an office. At a desk it is about the officer on duty, unless the visitor chose otherwise.
 *
 * @param at the tablet's place; null for a visit's link, which belongs to no desk; else the place scanned last
 */
export async function ratingFormPage(
	event: RequestEvent,
	unit: Pick<Unit, 'id'>,
	at?: { id: string; name: string } | null
) {
	const [place, duty, everybody, services, hidden] = await Promise.all([
		at === undefined ? scannedPlace(event, unit.id) : at,
		dutyByDesk(unit.id, now()),
		officersAt(unit.id),
		servicesOf(unit.id),
		hiddenFields()
	]);
	const atDesk = event.url.searchParams.has(EVERYBODY) ? undefined : officerOfDesk(duty, place?.id);
	return {
		hidden,
		atDesk: atDesk && { id: atDesk.id, name: atDesk.name },
		others: `?${EVERYBODY}=semua`,
		place: place && { name: place.name },
		officers: presentFirst(everybody, duty),
		services: services.map(({ kind, name, nameEn }) => ({ kind, name: event.locals.lang === 'en' ? nameEn : name }))
	};
}

/**
 * Reads the form for one office. Fills `typed` before anything can throw. The time is never taken from a browser, which could
 * send any.
 */
async function readRating(request: Request, unit: Pick<Unit, 'slug'>, typed: ReadForm['typed']) {
	const read = await readForm(request, ['tags']);
	Object.assign(typed, read.typed);
	return checked(ratingInput, { ...read.data, unit: unit.slug, given_at: undefined });
}

/** Stores a rating. A low one leads to an invitation to the complaint form, with officer and service filled in. */
export async function receiveRating(
	event: RequestEvent,
	unit: Pick<Unit, 'id' | 'slug'>,
	visit?: { token: string; officerId: string | undefined; service: string | undefined; fromOffice: boolean }
): Promise<ActionFailure<FormAnswer>> {
	const typed: ReadForm['typed'] = {};
	return asForm(typed, async () => {
		const input = await readRating(event.request, unit, typed);
		const place = await scannedPlace(event, unit.id);
		await submitRating(input, {
			source: place ? 'place' : 'web',
			...(await ratingSigns(event, typed, { placeId: place?.id, byLink: visit?.fromOffice === false })),
			...(place ? { placeId: place.id } : {}),
			...(visit ? { visitToken: visit.token } : {})
		});
		if (input.score <= LOW) {
			await inviteToComplain(event.cookies, visit?.officerId ?? input.officer, visit?.service ?? input.service);
		}
		forgetPages(event.cookies);
		return redirect(303, `/${unit.slug}/nilai/terima-kasih`);
	});
}

/**
 * Stores a rating from a paired tablet's plain form and shows an empty form. One tablet serves a whole queue, so the budget is
 * per tablet and the browser is no signal. Links of visits are for the visitor's own phone and ignored here.
 */
export async function receiveKioskRating(
	event: RequestEvent,
	kiosk: { id: string; place: { id: string }; unit: Pick<Unit, 'id' | 'slug'> }
): Promise<ActionFailure<FormAnswer>> {
	const typed: ReadForm['typed'] = {};
	return asForm(typed, async () => {
		const input = await readRating(event.request, kiosk.unit, typed);
		await submitRating(
			{ ...input, visit_token: undefined, place: undefined },
			{ source: 'kiosk', placeId: kiosk.place.id, noticed: await kioskSigns(event, typed, kiosk.id) }
		);
		forgetPages(event.cookies);
		return redirect(303, '/kiosk?terima');
	});
}
