import type { RequestEvent } from '@sveltejs/kit';
import { instantAt, isLocalDate, localDate } from '#lib/calendar/days.ts';
import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { placesInUse } from '#lib/server/cases/inbox/desk-units.ts';
import { openCase } from '#lib/server/cases/open-case.ts';
import { now } from '#lib/server/clock.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { takesReports } from '#lib/server/people/units/find-unit.ts';
import { deskReceiptCookie } from '../cookies/desk-receipt.ts';
import { formAction, withActor } from '../http/staff-page.ts';
import { deskOffice, officeChoices, officerChoices, serviceChoices } from './select-options.ts';
import { pageAfter } from './page-after.ts';

export const deskCasePage = withActor(async (actor, { locals, url }: RequestEvent) => {
	const desk = await deskOffice(actor, url.searchParams.get('unit'));
	const { unit } = desk;
	const [officers, places, services] = await Promise.all([
		officerChoices(unit.id),
		placesInUse(unit.id),
		serviceChoices(unit.id, locals.lang)
	]);
	const today = localDate(now(), unit.timeZone);
	return {
		...officeChoices(desk),
		officers,
		places,
		services,
		today,
		submissionId: crypto.randomUUID(),
		closed: !takesReports(unit)
	};
});

/** Records a report that came on paper, by phone or in another way. */
export const writeDownCase = formAction(async (actor, { data, files }, { cookies }) => {
	const { unit } = await deskOffice(actor, String(data.unit ?? ''));
	const { received_on, received_time, reporter_present, ...input } = data;
	const { receipt, reference } = await openCase(
		{ ...input, unit: unit.code, received_at: receivedAt(received_on, received_time, unit.timeZone) },
		{ by: 'staff', actor, withoutCode: !reporter_present, files: await sentFiles(files) }
	);
	if (!reporter_present || !receipt) return pageOfCase(actor, reference);
	await deskReceiptCookie.write(cookies, { receipt, accountId: actor.accountId });
	return '/desk/new/print';
});

/**
 * Time of arrival from a local day and time; undefined: now. A day without a time means noon, which is the same day in
 * every Indonesian zone.
 */
function receivedAt(day: unknown, time: unknown, zone: string): string | undefined {
	if (typeof day !== 'string' || (typeof time !== 'string' && day === localDate(now(), zone))) return undefined;
	const at = typeof time === 'string' ? time : '12:00';
	if (!isLocalDate(day) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) throw invalid('received_at', 'received_at_invalid');
	return instantAt(day, at, zone).toISOString();
}

/** Address of a new case, or of the inbox if the person may not see the case. */
export const pageOfCase = (actor: Actor, reference: string) =>
	pageAfter(actor, reference, 'opened', null, `/desk?stored=${encodeURIComponent(reference)}`);
