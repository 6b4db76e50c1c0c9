import type { Readable } from 'node:stream';

/**
 * Turns a Node readable of bytes into a web stream. It reads one chunk at a time, passes errors on, and destroys the readable
 * when the reader cancels.
 *
 * `Readable.toWeb` is not used: if the reader cancels while the readable is about to flow again, Node throws
 * ERR_INVALID_STATE from an event that cannot be caught, and one closed tab ends the whole site. It also counts its queue in
 * chunks, not bytes.
 */
export function toWebStream(readable: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
	const chunks = readable[Symbol.asyncIterator]() as AsyncIterator<Buffer<ArrayBuffer>, undefined>;
	// The iterator reports errors to the reader. Without this listener an error before the first read would end the process.
	readable.on('error', () => {});
	return new ReadableStream(
		{
			async pull(controller) {
				const { value, done } = await chunks.next();
				if (done) controller.close();
				else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
			},
			cancel: (reason) => void readable.destroy(reason instanceof Error ? reason : undefined)
		},
		{ highWaterMark: 0 }
	);
}
