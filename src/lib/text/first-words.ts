/** The beginning of a text in one line, cut between words: what stands for a report that has no title. */
export function firstWords(text: string, letters: number): string {
	const line = text.replace(/\s+/g, ' ').trim();
	if ([...line].length <= letters) return line;
	const cut = [...line].slice(0, letters).join('');
	const space = cut.lastIndexOf(' ');
	// One endless word is cut where it has to be.
	return `${(space > letters / 2 ? cut.slice(0, space) : cut).replace(/[\s,.;:–-]+$/, '')} …`;
}
