/** A text of at most this many characters. A longer one ends with “…”, never after half an emoji. */
export function cutText(text: string, most: number): string {
	if (text.length <= most) return text;
	const start = text.slice(0, most - 2).toWellFormed();
	return `${start.replace(/\uFFFD$/, '')} …`;
}
