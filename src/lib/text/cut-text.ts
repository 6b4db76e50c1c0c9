/** At most this many characters from the beginning of a text, without half an emoji at the end. */
export const firstCharacters = (text: string, most: number): string =>
	text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');

/** A text of at most this many characters. A longer one ends with “…”. */
export function cutText(text: string, most: number): string {
	return text.length <= most ? text : `${firstCharacters(text, most - 2)} …`;
}
