const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A longer wait is no news about an outage but a mistake; it would hide a report, which a person should see after a day. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * The wait a Retry-After header asks for, in milliseconds from `now`: delta seconds or one of the three HTTP date forms
 * (RFC 9110, 5.6.7 and 10.2.3). Undefined if there is none or it isn't valid; a date gone by is no wait.
 */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
	const text = value?.trim() ?? '';
	if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);
	const date = httpDate(text, now);
	return date === undefined ? undefined : Math.min(Math.max(0, date - now.getTime()), LONGEST_MS);
}

function httpDate(text: string, now: Date): number | undefined {
	const imf = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(text);
	if (imf) return moment(imf[3], imf[2], imf[1], imf[4]);
	const rfc850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(text);
	if (rfc850) return moment(fullYear(Number(rfc850[3]), now), rfc850[2], rfc850[1], rfc850[4]);
	const asctime = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4})$/.exec(text);
	if (asctime) return moment(asctime[4], asctime[1], asctime[2]?.trim().padStart(2, '0'), asctime[3]);
	return undefined;
}

/** Two digits mean the latest such year not more than 50 years ahead. */
function fullYear(short: number, now: Date): string {
	const year = Math.floor(now.getUTCFullYear() / 100) * 100 + short;
	return String(year > now.getUTCFullYear() + 50 ? year - 100 : year);
}

function moment(year?: string, month?: string, day?: string, time?: string): number | undefined {
	const number = MONTHS.indexOf(month ?? '') + 1;
	const iso = `${year}-${String(number).padStart(2, '0')}-${day}T${time}Z`;
	const at = Date.parse(iso);
	// Date.parse takes 31 February for 3 March; what doesn't come back the same was no date.
	return number === 0 || Number.isNaN(at) || new Date(at).toISOString().slice(8, 10) !== day ? undefined : at;
}
