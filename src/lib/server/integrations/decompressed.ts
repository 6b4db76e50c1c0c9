import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const DECOMPRESS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
	gzip: gunzipSync,
	'x-gzip': gunzipSync,
	deflate: inflateSync,
	br: brotliDecompressSync
};

/**
 * Decompresses a body, because a gateway may compress although we don't ask for it. Returns the bytes unchanged if that
 * fails, or if there would be more than `most`.
 */
export function decompressed(bytes: Buffer, encoding: string | undefined, most: number): Buffer {
	const decompress = DECOMPRESS[encoding?.trim().toLowerCase() ?? ''];
	if (!decompress || bytes.length === 0) return bytes;
	try {
		return decompress(bytes, { maxOutputLength: most });
	} catch {
		return bytes;
	}
}
