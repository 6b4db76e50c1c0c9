import { z } from 'zod';
import { addDays, instantAt, isLocalDate, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { caseInput } from '#lib/cases/schema.ts';
import { CASE_KINDS, CATEGORIES, OLDEST_REPORT_MS } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { ago, now } from '#lib/server/clock.ts';
import { Invalid, type Issue } from '#lib/server/errors.ts';
import type { Unit } from '#lib/server/reference/reference.ts';
import { laporNumber } from '../schema.ts';

/** More than a new case may contain, because a report that we forwarded comes back with our additions. */
const CONTENT_CHARACTERS = 10_000;

/** The first three letters of each month, in Indonesian and English. */
const MONTHS = 'jan feb|peb mar apr mei|may jun jul agu|ags|agt|aug sep okt|oct nov|nop des|dec'
	.split(' ')
	.map((names) => names.split('|'));

const TIME_OF_DAY = /[ T,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}|\s*WI(?:B|TA|T))?$/i;
/** Day 0 of spreadsheets. It is one day too early, because they count a 29 February 1900, which did not exist. */
const SPREADSHEET_DAY_ZERO = '1899-12-30';
/** Serial numbers of 2000-01-01 and 2099-12-31 in a spreadsheet. */
const SERIAL = { first: 36_526, last: 73_050 };

const iso = (year: string, month: string | number, day: string): string =>
	`${year.length === 2 ? `20${year}` : year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;

function isoDayOf(text: string): string {
	const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})$/.exec(text) ?? [];
	if (day && month && year) return iso(year, month, day);
	const [, dayOf, name, yearOf] =
		/^(?:[a-z]+,?\s+)?(\d{1,2})[\s-]([a-z]{3})[a-z]*[\s-](\d{4}|\d{2})$/i.exec(text) ?? [];
	if (dayOf && name && yearOf) {
		const at = MONTHS.findIndex((names) => names.includes(name.toLowerCase()));
		return at < 0 ? '' : iso(yearOf, at + 1, dayOf);
	}
	return text;
}

/**
 * Reads a day as people, LAPOR's pages and spreadsheets write it: `2026-09-30`, `30/09/2026`, `30-9-26`, `30 September
 * 2026`, or a spreadsheet's serial number (`46295`). A time after the day is ignored. Undefined for any other text.
 */
export function readDay(text: string): LocalDate | undefined {
	const day = text.trim().replace(TIME_OF_DAY, '');
	const serial = /^\d{5}(?:[.,]\d+)?$/.test(day) ? Math.floor(Number(day.replace(',', '.'))) : NaN;
	if (serial >= SERIAL.first && serial <= SERIAL.last) return addDays(SPREADSHEET_DAY_ZERO, serial);
	const isoDay = isoDayOf(day);
	return isLocalDate(isoDay) ? isoDay : undefined;
}

const day = (code: string) =>
	z
		.string({ error: code })
		.transform((value) => readDay(value) ?? '')
		.refine((value) => value !== '', code);

/** Input of a report that LAPOR forwarded to the office, from the form or a line of a table. */
const inboundInput = z.object({
	lapor_id: laporNumber,
	/** Day on which LAPOR forwarded the report. The deadlines of a new case count from it. */
	received_on: day('inbound_received_on'),
	title: z.string().trim().max(100, 'title_long').optional(),
	content: z
		.string({ error: 'inbound_content_missing' })
		.trim()
		.min(1, 'inbound_content_missing')
		.max(CONTENT_CHARACTERS, 'inbound_content_long'),
	kind: z.enum(CASE_KINDS, { error: 'kind_invalid' }).default('complaint'),
	category: z.enum(CATEGORIES, { error: 'inbound_category' }).optional(),
	incident_on: day('date_invalid').optional(),
	/** Our own reference, if LAPOR shows it outside the text (in a tag or a picture). */
	reference: z.string().trim().max(60, 'inbound_reference_unknown').optional()
});
export type InboundInput = z.output<typeof inboundInput>;

export type InboundOffice = Pick<Unit, 'id' | 'code' | 'timeZone' | 'state'>;

/** Checks the input of a report to an office. @throws Invalid with one issue per field */
export function readInbound(raw: unknown, office: InboundOffice): InboundInput {
	const input = checked(inboundInput, raw);
	const today = localDate(now(), office.timeZone);
	const issues: Issue[] = [];
	if (input.received_on > today) issues.push({ path: 'received_on', code: 'inbound_received_ahead' });
	else if (arrivalOf(input, office) < ago(OLDEST_REPORT_MS))
		issues.push({ path: 'received_on', code: 'inbound_received_old' });
	if (input.incident_on && input.incident_on > today)
		issues.push({ path: 'incident_on', code: 'inbound_incident_ahead' });
	if (issues.length > 0) throw new Invalid(issues);
	return input;
}

/** The moment of arrival: noon of the day, or the present time if the day is today. */
function arrivalOf({ received_on }: InboundInput, { timeZone }: InboundOffice): Date {
	return received_on === localDate(now(), timeZone) ? now() : instantAt(received_on, '12:00', timeZone);
}

const PATHS: Readonly<Record<string, string>> = { body: 'content', received_at: 'received_on' };
const CODES: Readonly<Record<string, string>> = {
	body_missing: 'inbound_content_missing',
	body_short: 'inbound_content_short',
	body_long: 'inbound_content_too_long_for_case'
};

/** Translates the issues of a new case into fields and codes of this input. */
export const asInbound = ({ issues }: Invalid): Invalid =>
	new Invalid(
		issues.map((issue) => ({ ...issue, path: PATHS[issue.path] ?? issue.path, code: CODES[issue.code] ?? issue.code }))
	);

/**
 * Input of the case that a report opens. It has no reporter, because the office does not know the contact. It is secret,
 * because its reporter did not allow us to publish it.
 *
 * @throws Invalid if the report does not fit into a new case
 */
export function caseOfInbound(input: InboundInput, office: InboundOffice, submissionId: string) {
	const { title, content, kind, category, incident_on } = input;
	const newCase = {
		unit: office.code,
		kind,
		title: title || undefined,
		body: content,
		category,
		incident_on,
		identity: 'none' as const,
		secret: true,
		received_at: arrivalOf(input, office).toISOString(),
		submission_id: submissionId
	};
	try {
		checked(caseInput, newCase);
	} catch (cause) {
		throw cause instanceof Invalid ? asInbound(cause) : cause;
	}
	return newCase;
}
