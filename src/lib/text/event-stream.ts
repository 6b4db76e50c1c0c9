/** One block of a `text/event-stream`. */
export interface StreamBlock {
	id?: string;
	data?: string;
}

/** A block as it travels. Data is JSON, which has no line breaks of its own. */
export function writeBlock({ id, data }: StreamBlock): string {
	return `${id === undefined ? '' : `id: ${id}\n`}${data === undefined ? '' : `data: ${data}\n`}\n`;
}

/** Takes a stream apart as it arrives, in whatever pieces; comments are left out. */
export function blockReader(): (piece: string) => StreamBlock[] {
	let rest = '';
	return (piece) => {
		const parts = (rest + piece).split('\n\n');
		rest = parts.pop() ?? '';
		return parts.map(readBlock).filter((block) => block.id !== undefined || block.data !== undefined);
	};
}

function readBlock(text: string): StreamBlock {
	const block: StreamBlock = {};
	for (const line of text.split('\n')) {
		const [, name, value = ''] = /^(id|data): ?(.*)$/.exec(line) ?? [];
		if (name === 'id') block.id = value;
		else if (name === 'data') block.data = block.data === undefined ? value : `${block.data}\n${value}`;
	}
	return block;
}
