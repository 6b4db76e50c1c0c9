import type { RequestEvent } from '@sveltejs/kit';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import type { KioskScreen } from '#lib/ratings/kiosk.ts';
import { now } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import { officersAt } from '#lib/server/people/officers/officers.ts';
import { dutyByDesk, dutyUntil, officerOfDesk } from '#lib/server/places/duty.ts';
import { noteSeen, pairedKiosk, type PairedKiosk } from '#lib/server/places/kiosks.ts';
import { SHOWN_MINUTES, shownVisit } from '#lib/server/visits/link.ts';
import { kioskCookie } from './cookies/citizen-cookies.ts';
import { mainOrigin } from './http/origin.ts';
import { onDutyFirst } from './forms/rating-form.ts';

/** The device as which this browser was paired. @throws NotFound if it was not paired */
export async function thisKiosk({ cookies }: RequestEvent): Promise<PairedKiosk> {
	const paired = await kioskCookie.read(cookies);
	if (!paired) throw new NotFound();
	return pairedKiosk(paired.kioskId);
}

/** Returns the paired device and extends its cookie by a year, so that a tablet in use never has to be paired again. */
export async function renewPairing(event: RequestEvent): Promise<PairedKiosk> {
	const kiosk = await thisKiosk(event);
	await kioskCookie.write(event.cookies, { kioskId: kiosk.id });
	await noteSeen(kiosk.id);
	return kiosk;
}

/** Data of a kiosk's page. */
export async function kioskScreen(event: RequestEvent, kiosk: PairedKiosk): Promise<KioskScreen> {
	const { id, number, mode, place, desk, unit } = kiosk;
	const ended = kiosk.ended ? 'unpaired' : kiosk.closed && 'closed';
	const { name, slug, accent } = unit;
	const deskOrPlace = desk ?? place;
	const [whom, visit] = await Promise.all([
		mode === 'tablet' && !ended ? whomToRate(unit, deskOrPlace.id) : { officers: [], atDesk: null },
		mode === 'display' && !ended ? visitAt(event, deskOrPlace.id) : null
	]);
	const origin = mainOrigin(event);
	return {
		now: now().toISOString(),
		kiosk: id,
		number,
		mode,
		ended,
		unit: { name, slug, accent },
		place: deskOrPlace.name,
		code: deskOrPlace.code,
		address: `${origin}/q/${deskOrPlace.code}`,
		...whom,
		visit
	};
}

/**
 * All officers of the office, and the officer on duty at the tablet's desk. A tablet without a desk proposes no
 * officer.
 */
async function whomToRate(
	unit: PairedKiosk['unit'],
	placeId: string
): Promise<Pick<KioskScreen, 'officers' | 'atDesk'>> {
	const [duty, everybody] = await Promise.all([dutyByDesk(unit.id), officersAt(unit.id)]);
	const atDesk = officerOfDesk(duty, placeId);
	const officers = onDutyFirst(everybody, duty).map(({ desks, onDuty: _onDuty, ...shown }) => ({
		...shown,
		place: desks[0] ?? null
	}));
	if (!atDesk) return { officers, atDesk: null };
	return { officers, atDesk: { id: atDesk.id, until: (await dutyUntil(unit, placeId)).toISOString() } };
}

async function visitAt(event: RequestEvent, placeId: string): Promise<KioskScreen['visit']> {
	const shown = await shownVisit(placeId);
	if (!shown) return null;
	const until = new Date(shown.closedAt.getTime() + SHOWN_MINUTES * MINUTE_MS);
	return { address: `${mainOrigin(event)}/nilai/${shown.token}`, until: until.toISOString() };
}
