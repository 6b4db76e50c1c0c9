/** As far as the inbox counts its lists (`cases/inbox/counts.ts`); what is above is one more than that. */
const OF_A_LIST = 1000;

/** A list's count: "1.000+" where there are more. */
export const listCount = (count: number): number | string =>
	count > OF_A_LIST ? `${OF_A_LIST.toLocaleString()}+` : count;

/** A view's count: "99+" where there are or may be more; nothing where that is all that is known. */
export const viewCount = ({ count, more }: { count: number; more: boolean }): number | string | undefined => {
	if (!more) return count;
	return count > 0 ? `${count}+` : undefined;
};
