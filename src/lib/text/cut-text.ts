/** A text of at most this many characters. A longer one ends with “…”. */
export const cutText = (text: string, most: number): string =>
	text.length > most ? `${text.slice(0, most - 2).toWellFormed()} …` : text;
