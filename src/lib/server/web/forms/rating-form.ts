import { redirect, type RequestEvent } from '@sveltejs/kit';
import { chosenRatingInput, ratingInput } from '#lib/ratings/schema.ts';
import { NOT_THEM, tagsFitting, type Score } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { officersAt, type RatedOfficer } from '#lib/server/people/officers/officers.ts';
import { dutyByDesk, officerOfDesk, type OfficerOnDuty } from '#lib/server/places/duty.ts';
import { submitRating } from '#lib/server/ratings/submit.ts';
import { BY_SCRIPT, LATER, OTHER_LANGUAGE } from '#lib/ui/form/form-state.ts';
import { asForm, asPage, type FormResult } from '../http/error-responses.ts';
import { scannedPlace } from '../cookies/citizen-cookies.ts';
import { rememberRating, takeRating } from '../cookies/complaint-prefill.ts';
import { knownDevice } from '../cookies/devices.ts';
import { forgetPages } from '../http/forget-pages.ts';
import { readForm, type ReadForm, type Typed, writtenText } from '../http/form.ts';
import { serviceChoices } from './select-options.ts';
import { hiddenFields, kioskSigns, ratingSigns } from './bot-check.ts';

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
	unit: Pick<Unit, 'id' | 'ratingFaces'>,
	at?: { id: string; name: string } | null
) {
	const [place, duty, everybody, services, hidden] = await Promise.all([
		at === undefined ? scannedPlace(event, unit.id) : at,
		dutyByDesk(unit.id),
		officersAt(unit.id),
		serviceChoices(unit.id, event.locals.lang),
		hiddenFields(event)
	]);
	const listsAll = event.url.searchParams.has(EVERYBODY);
	const atDesk = listsAll ? undefined : officerOfDesk(duty, place?.id);
	return {
		formId: 'isian',
		hidden,
		atDesk: atDesk && { id: atDesk.id, name: atDesk.name },
		everybody: listsAll,
		others: `?${EVERYBODY}=semua`,
		place: place && { name: place.name },
		officers: onDutyFirst(everybody, duty),
		services,
		faces: unit.ratingFaces
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
		const ownDesks = desk ? [desk] : desks.filter((one) => !covered.has(one));
		return { id, name, hasPhoto, desks: ownDesks, onDuty: desk !== undefined };
	});
	return shown.sort((a, b) => Number(b.onDuty) - Number(a.onDuty));
}

/**
 * Reads the rating from a form of one office. The time is never read from the form, because a browser could send any
 * time. Tags that do not fit the score are left out: the form hid them when the score was changed, but sends them.
 *
 * @param mustChoose an officer or "don't know" must be chosen
 */
export function ratingIn(data: Record<string, unknown>, { slug }: Pick<Unit, 'slug'>, mustChoose = false) {
	const input = checked(mustChoose ? chosenRatingInput : ratingInput, { ...data, unit: slug, given_at: undefined });
	const fitting = tagsFitting(input.score);
	return { ...input, tags: input.tags?.filter((tag) => fitting.includes(tag)) };
}

/** The form for a visitor who said that another officer served them. It lists all officers, and none is chosen. */
function withoutOfficer(typed: Typed): FormResult {
	const { officer: _officer, [NOT_THEM]: _pressed, ...kept } = typed;
	return { issues: [], typed: kept };
}

/**
 * Whether the form asks for the officer: its visitor said that another one served them. A rating that is sent after its
 * page was closed can't ask any more, and counts without an officer.
 */
async function isAsked({ url, request }: RequestEvent, unit: Pick<Unit, 'id'>): Promise<boolean> {
	if (!url.searchParams.has(EVERYBODY) || request.headers.get(BY_SCRIPT) === LATER) return false;
	return (await officersAt(unit.id)).length > 0;
}

/** The rating in a form that lists officers. */
async function ratingWithOfficer(event: RequestEvent, unit: Pick<Unit, 'id' | 'slug'>, { data, typed }: ReadForm) {
	const mustChoose = await isAsked(event, unit);
	return ratingIn(mustChoose ? { ...data, officer: typed.officer } : data, unit, mustChoose);
}

/** Stores a rating. The thank-you page shows it and, after a low score, offers the complaint form. */
export async function receiveRating(
	event: RequestEvent,
	openUnit: () => Promise<Pick<Unit, 'id' | 'slug'>>,
	visit?: { token: string; officerId: string | undefined; service: string | undefined; fromOffice: boolean }
) {
	const sent = await readForm(event.request, ['tags']);
	const { data, typed } = sent;
	const unit = await asPage(openUnit, writtenText(sent));
	if (NOT_THEM in typed) return withoutOfficer(typed);
	if (OTHER_LANGUAGE in typed) return { issues: [], typed };
	return asForm(typed, async () => {
		const input = visit ? ratingIn(data, unit) : await ratingWithOfficer(event, unit, sent);
		const place = await scannedPlace(event, unit.id);
		await submitRating(input, {
			source: place ? 'place' : 'web',
			visitor: event.locals.actor,
			...(await ratingSigns(event, typed, { placeId: place?.id, byLink: visit?.fromOffice === false })),
			placeId: place?.id,
			visitToken: visit?.token
		});
		// A rating that was sent after its page was closed would be shown to the phone's next user.
		if (event.request.headers.get(BY_SCRIPT) !== LATER) {
			const officer = visit?.officerId ?? input.officer;
			const service = visit?.service ?? input.service;
			const commented = Boolean(input.comment);
			await rememberRating(event.cookies, input.score as Score, { officer, service, commented });
		}
		forgetPages(event.cookies);
		return redirect(303, `/${unit.slug}/nilai/terima-kasih`);
	});
}

/**
 * Data of the thank-you page: on its first visit the rating and what fits it, in another language only what fits it. A
 * shared link leads a browser that sent no rating to the form.
 */
export async function thankYouPage(event: RequestEvent, unit: Pick<Unit, 'id' | 'slug' | 'ratingFaces'>) {
	const given = await takeRating(event.cookies, event.url.searchParams.has('lang'));
	if (!given && (await isFromElsewhere(event))) redirect(303, `/${unit.slug}/nilai`);
	if (!given) return { given: undefined };
	const officers = await officersAt(unit.id);
	const officer = officers.find(({ id }) => id === given.officer)?.name;
	/** The form asked for an officer, and the visitor named none. */
	const unnamed = !given.officer && officers.length > 0;
	const { score, isLow, commented } = given;
	return { given: { score, isLow, commented, officer, unnamed, faces: unit.ratingFaces } };
}

/**
 * Whether a browser that sent no rating today says that the address was typed or linked from elsewhere. A browser that
 * refuses cookies is not known either, but comes from the site's own form.
 */
const isFromElsewhere = async ({ cookies, request }: RequestEvent): Promise<boolean> =>
	['none', 'cross-site'].includes(request.headers.get('sec-fetch-site') ?? '') && !(await knownDevice(cookies));

/**
 * Stores a rating from a paired tablet's plain form and shows an empty form. One tablet serves a whole queue, so the
 * rate limit is per tablet and the browser is no signal. Links of visits are for the visitor's own phone and are
 * ignored here.
 */
export async function receiveKioskRating(
	event: RequestEvent,
	kiosk: { id: string; place: { id: string }; unit: Pick<Unit, 'id' | 'slug'> }
) {
	const sent = await readForm(event.request, ['tags']);
	const { typed } = sent;
	if (NOT_THEM in typed) return withoutOfficer(typed);
	return asForm(typed, async () => {
		await submitRating(
			{ ...(await ratingWithOfficer(event, kiosk.unit, sent)), visit_token: undefined, place: undefined },
			{ source: 'kiosk', placeId: kiosk.place.id, noticed: await kioskSigns(event, typed, kiosk.id) }
		);
		forgetPages(event.cookies);
		return redirect(303, '/kiosk?terima');
	});
}
