/** Reads a `text/event-stream` as it arrives, in pieces of any size. @returns the data of each event, without comments */
export function eventReader(): (piece: string) => string[] {
	let rest = '';
	return (piece) => {
		const parts = (rest + piece).split('\n\n');
		rest = parts.pop() ?? '';
		return parts.flatMap((part) => (part.startsWith('data: ') ? [part.slice(6)] : []));
	};
}
