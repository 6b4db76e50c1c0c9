import { localDate, yearOf } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import { mailboxOfUnit } from '#lib/server/channels/email/thread.ts';
import { stopLink } from '#lib/server/channels/site-address.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { formatReference } from '#lib/text/reference-numbers.ts';
import { composeReporterMail, OF_PAST_EVENT, type ReporterMailKind } from './compose-mail.ts';
import { mailFactsOf } from './write-to-reporters.ts';

/**
 * A sample e-mail of an office to a reporter, about a report that does not exist. Its unsubscribe link does not work.
 */
export async function sampleMail(
	unit: { id: string; code: string; name: string; path: string; timeZone: string },
	kind: ReporterMailKind,
	language: Locale
): Promise<{ subject: string; body: string }> {
	const year = yearOf(localDate(now(), unit.timeZone));
	const reference = formatReference({ unit: unit.code, year, number: 999_999 });
	const acceptsReplies = (await mailboxOfUnit(db(), unit.id)) !== undefined;
	const unsubscribeLink = kind === 'contact_recorded' ? undefined : stopLink('…');
	const facts = await mailFactsOf(db(), unit, language, { reference, unsubscribeLink, acceptsReplies });
	const by = OF_PAST_EVENT.includes(kind) ? now() : fromNow(7 * DAY_MS);
	return composeReporterMail({ kind, by }, facts, language);
}
