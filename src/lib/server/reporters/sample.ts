import { localDate, yearOf } from '#lib/calendar/days.ts';
import type { DateLocale } from '#lib/calendar/format.ts';
import { siteAddress, stopLink } from '#lib/server/channels/site-address.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { closingFor } from './closing.ts';
import { reporterLetter, type ReporterLetterKind } from './letter.ts';
import { formatReference } from '#lib/text/reference.ts';

const WEEK = 7 * 24 * 3_600_000;

/** A letter as a reporter of that office would get it: of a report that does not exist, its link leading nowhere. */
export async function sampleLetter(
	unit: { code: string; name: string; path: string; timeZone: string },
	kind: ReporterLetterKind,
	language: DateLocale
): Promise<{ subject: string; body: string }> {
	const year = yearOf(localDate(now(), unit.timeZone));
	const facts = {
		reference: formatReference({ unit: unit.code, year, number: 999_999 }),
		office: { name: unit.name, zone: unit.timeZone },
		closing: await closingFor(db(), unit, language),
		origin: siteAddress(),
		stop: stopLink('…')
	};
	return reporterLetter({ kind, by: new Date(now().getTime() + WEEK) }, facts, language);
}
