import type { RequestEvent } from '@sveltejs/kit';
import { isLocalDate } from '#lib/calendar/days.ts';
import { DAY_SECONDS } from '#lib/calendar/durations.ts';
import { VISIT_STATES } from '#lib/visits/vocabulary.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { desksAt, type Desk, officerOnDuty } from '#lib/server/places/duty.ts';
import { guestBook, lastResponse } from '#lib/server/visits/guest-book.ts';
import { recordVisit } from '#lib/server/visits/entries.ts';
import { deviceOf } from '../cookies/devices.ts';
import { encryptedCookie } from '../cookies/encrypted-cookie.ts';
import { changeThenOpen, formAction, withActor } from '../http/staff-page.ts';
import { deskOffice, officeChoices, officerChoices, serviceChoices } from './select-options.ts';

/** The desk of this browser; the user chooses it once. */
const deskCookie = encryptedCookie<{ placeId: string | null }>('meja', 365 * DAY_SECONDS);

export const guestBookPage = withActor(async (actor, event: RequestEvent) => {
	const query = event.url.searchParams;
	const chosen = await deskOffice(actor, query.get('unit'));
	const { unit } = chosen;
	const day = query.get('day') ?? '';
	const state = VISIT_STATES.find((one) => one === query.get('state'));
	const requested = { unit: unit.slug, state, day: isLocalDate(day) ? day : undefined };
	const desk = await deskOfBrowser(event, actor, await desksAt(unit.id));
	const [book, choices, onDuty, response] = await Promise.all([
		guestBook(actor, requested, query.get('cursor') ?? undefined),
		visitChoices(event, unit.id),
		desk ? officerOnDuty(desk.id) : null,
		lastResponse(actor, unit)
	]);
	return {
		...officeChoices(chosen),
		book,
		state,
		response,
		choices,
		desk: desk?.id ?? null,
		// Without a desk, the person who records the visit, if they are an officer.
		officer: onDuty?.id ?? actor.officerId,
		done: query.get('done'),
		submissionId: crypto.randomUUID()
	};
});

export async function visitChoices({ locals }: RequestEvent, unitId: string) {
	const [officers, services, desks] = await Promise.all([
		officerChoices(unitId),
		serviceChoices(unitId, locals.lang),
		desksAt(unitId)
	]);
	return { officers, services, desks: desks.map(({ id, name }) => ({ id, name })) };
}

/**
 * The desk in the address, which is then remembered; else the remembered one; else the actor's own. An office's only
 * desk is not chosen automatically.
 */
async function deskOfBrowser(event: RequestEvent, actor: Actor, desks: readonly Desk[]): Promise<Desk | undefined> {
	const find = (id: string | null | undefined) => desks.find((desk) => desk.id === id);
	const requested = event.url.searchParams.get('desk');
	if (requested !== null) {
		const chosen = find(requested);
		await deskCookie.write(event.cookies, { placeId: chosen?.id ?? null });
		return chosen;
	}
	const cookie = await deskCookie.read(event.cookies);
	if (cookie && (cookie.placeId === null || find(cookie.placeId))) return find(cookie.placeId);
	return desks.find((desk) => desk.officerId !== null && desk.officerId === actor.officerId);
}

/** Records a visitor and returns to the guest book; if the service is already over, continues to the visit's link. */
export const writeIntoBook = formAction(async (actor, { data }, event) => {
	const { id } = await recordVisit(actor, data, await deviceOf(event.cookies));
	if (data.step === 'close') return `/desk/visits/${id}?done=closed`;
	const unit = encodeURIComponent(String(data.unit));
	return `/desk/visits?unit=${unit}&done=${data.step === 'begin' ? 'begun' : 'noted'}`;
});

/** Form action of a verb on a visit: returns to it with a message. */
export const visitVerb = (
	done: 'begun' | 'closed' | 'corrected',
	verb: (actor: Actor, id: string, input: unknown) => Promise<void>
) =>
	changeThenOpen(
		(actor, data, { params }: RequestEvent<{ id: string }>) => verb(actor, params.id, data),
		({ params }) => `/desk/visits/${params.id}?done=${done}`
	);
