import { formatNumber } from '#lib/text/numbers.ts';

/** The inbox counts up to this number plus one (`cases/inbox/counts.ts`). */
const COUNT_LIMIT = 1000;

/** Count of a list; "1.000+" if there are more. */
export const listCount = (count: number): string =>
	count > COUNT_LIMIT ? `${formatNumber(COUNT_LIMIT)}+` : formatNumber(count);

/** Count of a view; "99+" if there are more. Undefined if there may be more but none was counted. */
export const viewCount = ({ count, more }: { count: number; more: boolean }): number | string | undefined => {
	if (!more) return count;
	return count > 0 ? `${count}+` : undefined;
};
