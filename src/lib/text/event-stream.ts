/**
 * Creates a reader of a `text/event-stream` that arrives in pieces of any size.
 * @returns the data of each complete event, without comments
 */
export function eventReader(): (piece: string) => string[] {
	let rest = '';
	return (piece) => {
		const parts = (rest + piece).split('\n\n');
		rest = parts.pop() ?? '';
		return parts.flatMap((part) => (part.startsWith('data: ') ? [part.slice(6)] : []));
	};
}
