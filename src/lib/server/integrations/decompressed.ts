import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const DECOMPRESS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
	gzip: gunzipSync,
	'x-gzip': gunzipSync,
	deflate: inflateSync,
	br: brotliDecompressSync
};

/**
 * Decompresses a body, because a gateway may compress although we don't ask for it. Returns the bytes unchanged if that
 * fails, and undefined if there would be more than `most`.
 */
export function decompressed(bytes: Buffer, encoding: string | undefined, most: number): Buffer | undefined {
	const decompress = DECOMPRESS[encoding?.trim().toLowerCase() ?? ''];
	if (!decompress || bytes.length === 0) return bytes;
	try {
		return decompress(bytes, { maxOutputLength: most });
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? undefined : bytes;
	}
}
