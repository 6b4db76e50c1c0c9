import { randomUUID } from 'node:crypto';
import { redirect, type RequestEvent } from '@sveltejs/kit';
import { instantAt, isLocalDate, localDate } from '#lib/calendar/days.ts';
import type { Channel } from '#lib/cases/vocabulary.ts';
import { sentFiles } from '#lib/server/attachments/keep.ts';
import { deskUnits, placesInUse } from '#lib/server/cases/inbox/desk-units.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { openCase } from '#lib/server/cases/open.ts';
import type { Opened } from '#lib/server/cases/submission.ts';
import { now } from '#lib/server/clock.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { servicesOf } from '#lib/server/people/units/offered-services.ts';
import { officersAt } from '#lib/server/people/officers/rated-officers.ts';
import { asForm, asPage } from '../http/answers.ts';
import { deskReceiptCookie } from '../cookies/desk-receipt.ts';
import { readForm, type ReadForm } from '../http/form.ts';
import { signedIn } from '../http/signed-in.ts';

/** The office of the report: the one in the address, else the first of the person's offices. */
async function officeOf(actor: Actor, slug: string | null) {
	const units = await deskUnits(actor);
	const unit = slug ? units.find((one) => one.slug === slug) : units[0];
	if (!unit) throw new NotFound();
	return { units, unit };
}

/** Data of the desk's form before anything is typed. */
export async function deskCasePage(event: RequestEvent) {
	return asPage(async () => {
		const { units, unit } = await officeOf(signedIn(event.locals), event.url.searchParams.get('unit'));
		const [officers, places, services] = await Promise.all([
			officersAt(unit.id),
			placesInUse(unit.id),
			servicesOf(unit.id)
		]);
		return {
			office: { slug: unit.slug, name: unit.name, timeZone: unit.timeZone },
			units: units.map(({ slug, name }) => ({ slug, name })),
			officers: officers.map(({ id, name }) => ({ id, name })),
			places,
			services: services.map(({ kind, name, nameEn }) => ({ kind, name: event.locals.lang === 'en' ? nameEn : name })),
			today: localDate(now(), unit.timeZone),
			submissionId: randomUUID()
		};
	});
}

/** Records a report that came on paper, by phone or in another way. */
export async function writeDownCase(event: RequestEvent) {
	const typed: ReadForm['typed'] = {};
	return asForm(typed, async () => {
		const actor = signedIn(event.locals);
		const read = await readForm(event.request);
		Object.assign(typed, read.typed);
		const { unit } = await officeOf(actor, String(read.data.unit ?? ''));
		const { received_on, received_time, reporter_present, ...said } = read.data;
		if (!said.channel) throw new Invalid([{ path: 'channel', code: 'channel_invalid' }]);
		const opened = await openCase(
			{ ...said, unit: unit.code, received_at: receivedAt(received_on, received_time, unit.timeZone) },
			{ channel: said.channel as Channel, actor, atDesk: true, files: await sentFiles(read.files) }
		);
		return redirect(303, await nextPage(event, actor, opened, Boolean(reporter_present)));
	});
}

/**
 * Time of receipt from a local day and time; undefined: now. A day without a time means noon, which is the same day in every
 * Indonesian zone.
 */
function receivedAt(day: unknown, time: unknown, zone: string): string | undefined {
	if (typeof day !== 'string') return undefined;
	const today = localDate(now(), zone);
	if (typeof time !== 'string') return day === today ? undefined : at(day, '12:00', zone);
	return at(day, time, zone);
}

function at(day: string, time: string, zone: string): string {
	if (!isLocalDate(day) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) {
		throw new Invalid([{ path: 'received_on', code: 'received_at_invalid' }]);
	}
	return instantAt(day, time, zone).toISOString();
}

/** Address after recording: printing if the reporter waits for the receipt, else the case, else (not visible) the inbox. */
async function nextPage(event: RequestEvent, actor: Actor, opened: Opened, present: boolean): Promise<string> {
	if (present && opened.receipt) {
		await deskReceiptCookie.write(event.cookies, { receipt: opened.receipt });
		return '/desk/new/cetak';
	}
	// Same form sent twice: the receipt still waits to be printed.
	if (present && (await deskReceiptCookie.read(event.cookies))) return '/desk/new/cetak';
	return pageOfCase(actor, opened.reference);
}

/** Address after a verb, if the case may no longer be visible to the person. */
export async function pageOfCase(actor: Actor, reference: string): Promise<string> {
	try {
		await caseForActor(actor, reference);
		return `/desk/cases/${reference}?done=opened`;
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		return `/desk?stored=${encodeURIComponent(reference)}`;
	}
}
