import { redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { ratingInput } from '#lib/ratings/schema.ts';
import { checked } from '../checked.ts';
import type { Unit } from '../people/find-unit.ts';
import { servicesOf } from '../people/offered-services.ts';
import { officersAt } from '../people/rated-officers.ts';
import { submitRating } from '../ratings/submit.ts';
import { asForm, type FormAnswer } from './answers.ts';
import { scannedPlace } from './citizen-cookies.ts';
import { readForm, type ReadForm } from './form.ts';
import { hiddenFields, isDoubtful } from './form-signs.ts';

/** Scores that invite to say more, in a report that has to be answered. */
const LOW = 2;

/** What the rating form of an office shows: the officer of the scanned desk, or of the kiosk's, first. */
export async function ratingFormPage(
	event: RequestEvent,
	unit: Pick<Unit, 'id'>,
	kiosk?: { name: string; officerId: string | null }
) {
	const [place, officers, services, hidden] = await Promise.all([
		kiosk ?? scannedPlace(event, unit.id),
		officersAt(unit.id),
		servicesOf(unit.id),
		hiddenFields()
	]);
	const atDesk = officers.find((officer) => officer.id === place?.officerId);
	const ordered = atDesk ? [atDesk, ...officers.filter((officer) => officer !== atDesk)] : officers;
	return {
		hidden,
		atDesk: atDesk && { id: atDesk.id, name: atDesk.name },
		place: place && { name: place.name },
		officers: ordered.map(({ id, name, desks, hasPhoto }) => ({ id, name, desks, hasPhoto })),
		services: services.map(({ kind, name, nameEn }) => ({ kind, name: event.locals.lang === 'en' ? nameEn : name }))
	};
}

/** Reads the form for one office; `typed` is filled before anything can go wrong. */
async function readRating(request: Request, unit: Pick<Unit, 'slug'>, typed: ReadForm['typed']) {
	const read = await readForm(request, ['tags']);
	Object.assign(typed, read.typed);
	return checked(ratingInput, { ...read.data, unit: unit.slug });
}

/** Takes a rating in; a low one is invited to the complaint form with what is known, words never being part of that. */
export async function receiveRating(
	event: RequestEvent,
	unit: Pick<Unit, 'id' | 'slug'>,
	visit?: { token: string; officerId: string | undefined; service: string | undefined }
): Promise<ActionFailure<FormAnswer>> {
	const typed: ReadForm['typed'] = {};
	return asForm(typed, async () => {
		const input = await readRating(event.request, unit, typed);
		const place = await scannedPlace(event, unit.id);
		await submitRating(input, {
			source: place ? 'place' : 'web',
			held: await isDoubtful(event, typed, 'rating'),
			...(place ? { placeId: place.id } : {}),
			...(visit ? { visitToken: visit.token } : {})
		});
		const known = new URLSearchParams();
		if (input.score <= LOW) {
			known.set('kurang', '1');
			const officer = visit?.officerId ?? input.officer;
			const service = visit?.service ?? input.service;
			if (officer) known.set('petugas', officer);
			if (service) known.set('layanan', service);
		}
		return redirect(303, `/${unit.slug}/nilai/terima-kasih${known.size > 0 ? `?${known}` : ''}`);
	});
}

/** Takes a rating in that was given on a paired tablet; the next person finds an empty form. */
export async function receiveKioskRating(
	event: RequestEvent,
	kiosk: { placeId: string; unit: Pick<Unit, 'id' | 'slug'> }
): Promise<ActionFailure<FormAnswer>> {
	const typed: ReadForm['typed'] = {};
	return asForm(typed, async () => {
		const input = await readRating(event.request, kiosk.unit, typed);
		// One tablet serves a whole queue: budgets per address would hold an office's own ratings.
		await submitRating(input, { source: 'kiosk', placeId: kiosk.placeId });
		return redirect(303, '/kiosk?terima');
	});
}
