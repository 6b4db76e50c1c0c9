import type { Readable } from 'node:stream';

/**
 * A readable of bytes as a web stream: one chunk for each that is asked for, an error of the readable as its error, and the
 * readable destroyed where the reader goes away.
 *
 * `Readable.toWeb` is not for us: where a reader goes away while the readable is about to flow again, Node throws
 * ERR_INVALID_STATE from an event nobody can catch, and the whole site ends over one closed tab. It also counts its queue in
 * chunks, not bytes.
 */
export function toWebStream(readable: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
	const chunks = readable[Symbol.asyncIterator]() as AsyncIterator<Buffer<ArrayBuffer>, undefined>;
	// The iterator tells the reader; without a listener an error before the first reading would end the process.
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
