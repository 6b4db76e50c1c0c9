const WIB_MS = 7 * 3_600_000;

const two = (value: number) => String(value).padStart(2, '0');

/** Reads `d-m-Y H:i:s` (or `Y-m-d H:i:s`, seconds optional). Times without a zone are WIB, UTC+7. */
export function parseWib(text: string | undefined): Date | undefined {
	const trimmed = text?.trim() ?? '';
	const dayFirst = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(trimmed);
	const yearFirst = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?$/.exec(trimmed);
	const match = dayFirst ?? yearFirst;
	if (!match) return withZone(trimmed);
	const [first, month, last, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
	const [year, day] = dayFirst ? [last, first] : [first, last];
	if (year === undefined || month === undefined || day === undefined) return undefined;
	const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
	const same = utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day && utc.getUTCHours() === hour;
	return same ? new Date(utc.getTime() - WIB_MS) : undefined;
}

/** A later version may send a zone; then it is believed. */
function withZone(text: string): Date | undefined {
	if (!/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(text)) return undefined;
	const at = Date.parse(text);
	return Number.isNaN(at) ? undefined : new Date(at);
}

/** `d-m-Y H:i:s` in WIB. */
export function formatWib(at: Date): string {
	const local = new Date(at.getTime() + WIB_MS);
	const day = `${two(local.getUTCDate())}-${two(local.getUTCMonth() + 1)}-${local.getUTCFullYear()}`;
	return `${day} ${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
}
