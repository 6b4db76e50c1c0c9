/** LAPOR takes follow-ups of at most 1000 characters. */
export const FOLLOWUP_CHARACTERS = 1000;

/** Room for "(2/9) " in front of a piece. */
const NUMBER_ROOM = 8;

/**
 * Cuts a text into pieces that LAPOR takes, numbered where there are several: at a blank line where one is near the end,
 * else at a line, a sentence or a word.
 */
export function followupParts(text: string): string[] {
	const whole = text.trim();
	if (whole.length <= FOLLOWUP_CHARACTERS) return whole === '' ? [] : [whole];
	const pieces: string[] = [];
	for (let rest = whole; rest !== '';) {
		const end = rest.length <= FOLLOWUP_CHARACTERS - NUMBER_ROOM ? rest.length : cutAt(rest);
		pieces.push(rest.slice(0, end).trim());
		rest = rest.slice(end).trim();
	}
	return pieces.map((piece, index) => `(${index + 1}/${pieces.length}) ${piece}`);
}

function cutAt(text: string): number {
	const room = text.slice(0, FOLLOWUP_CHARACTERS - NUMBER_ROOM).toWellFormed();
	for (const [mark, after] of [
		['\n\n', 2],
		['\n', 1],
		['. ', 1],
		[' ', 0]
	] as const) {
		const at = room.lastIndexOf(mark);
		if (at >= room.length / 2) return at + after;
	}
	// Half a surrogate pair at the end became a replacement character: leave the pair to the next piece.
	return room.endsWith('\uFFFD') ? room.length - 1 : room.length;
}
