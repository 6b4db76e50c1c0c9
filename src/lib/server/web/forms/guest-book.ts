import { randomUUID } from 'node:crypto';
import { redirect, type RequestEvent } from '@sveltejs/kit';
import { isLocalDate } from '#lib/calendar/days.ts';
import { VISIT_STATES } from '#lib/visits/vocabulary.ts';
import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { now } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { servicesOf } from '#lib/server/people/units/offered-services.ts';
import { officersAt } from '#lib/server/people/officers/rated-officers.ts';
import { desksOf, type Desk } from '#lib/server/places/desks.ts';
import { officerOnDuty } from '#lib/server/places/duty.ts';
import { guestBook } from '#lib/server/visits/book.ts';
import { lastResponse } from '#lib/server/visits/last-response.ts';
import { noteVisit } from '#lib/server/visits/note.ts';
import { asForm, asPage } from '../http/answers.ts';
import { deviceOf } from '../cookies/device.ts';
import { readForm, type ReadForm } from '../http/form.ts';
import { sealedCookie } from '../cookies/sealed-cookie.ts';
import { signedIn } from '../http/signed-in.ts';

/** The desk of this browser; the user chooses it once. */
const deskCookie = sealedCookie<{ placeId: string | null }>('meja', 365 * 24 * 60 * 60);

/** The offices whose guest book the actor keeps, and the requested one. */
export async function officeOf(actor: Actor, slug: string | null) {
	const units = await deskUnits(actor);
	const unit = slug ? units.find((one) => one.slug === slug) : units[0];
	if (!unit) throw new NotFound();
	return { units, unit };
}

/** One day of the guest book, and the form for the next visitor. */
export async function guestBookPage(event: RequestEvent) {
	return asPage(async () => {
		const actor = signedIn(event.locals);
		const query = event.url.searchParams;
		const { units, unit } = await officeOf(actor, query.get('unit'));
		const day = query.get('day') ?? '';
		const state = VISIT_STATES.find((one) => one === query.get('state'));
		const asked = { unit: unit.slug, state, day: isLocalDate(day) ? day : undefined };
		const desks = await desksOf(unit.id);
		const desk = await deskOfBrowser(event, actor, desks);
		const [book, choices, onDuty, response] = await Promise.all([
			guestBook(actor, asked, query.get('cursor') ?? undefined),
			visitChoices(event, unit.id),
			desk ? officerOnDuty(desk.id, now()) : null,
			lastResponse(unit)
		]);
		return {
			book,
			state,
			response,
			choices,
			desk: desk?.id ?? null,
			// Without a desk, the person who records the visit, if they are an officer.
			officer: onDuty?.id ?? actor.officerId,
			office: { slug: unit.slug, name: unit.name, timeZone: unit.timeZone },
			units: units.map(({ slug, name }) => ({ slug, name })),
			done: query.get('done'),
			submissionId: randomUUID()
		};
	});
}

/** Choices in the forms of a visit. */
export async function visitChoices(event: RequestEvent, unitId: string) {
	const [officers, services, desks] = await Promise.all([officersAt(unitId), servicesOf(unitId), desksOf(unitId)]);
	return {
		officers: officers.map(({ id, name }) => ({ id, name })),
		desks: desks.map(({ id, name }) => ({ id, name })),
		services: services.map(({ kind, name, nameEn }) => ({ kind, name: event.locals.lang === 'en' ? nameEn : name }))
	};
}

/** The desk in the address, which is then remembered; else the remembered one, or one's own. Never the only one there is. */
async function deskOfBrowser(event: RequestEvent, actor: Actor, desks: readonly Desk[]): Promise<Desk | undefined> {
	const find = (id: string | null | undefined) => desks.find((desk) => desk.id === id);
	const asked = event.url.searchParams.get('desk');
	if (asked !== null) {
		const chosen = find(asked);
		await deskCookie.write(event.cookies, { placeId: chosen?.id ?? null });
		return chosen;
	}
	const kept = await deskCookie.read(event.cookies);
	if (kept && (kept.placeId === null || find(kept.placeId))) return find(kept.placeId);
	return desks.find((desk) => desk.officerId !== null && desk.officerId === actor.officerId);
}

/** Writes somebody into the guest book, then back to it; where the service is over already, on to the visit's link. */
export async function writeIntoBook(event: RequestEvent) {
	const typed: ReadForm['typed'] = {};
	return asForm(typed, async () => {
		const actor = signedIn(event.locals);
		const { data, typed: read } = await readForm(event.request);
		Object.assign(typed, read);
		const { id } = await noteVisit(actor, data, await deviceOf(event.cookies));
		if (data.step === 'close') redirect(303, `/desk/visits/${id}?done=closed`);
		const unit = encodeURIComponent(String(data.unit));
		return redirect(303, `/desk/visits?unit=${unit}&done=${data.step === 'begin' ? 'begun' : 'noted'}`);
	});
}
