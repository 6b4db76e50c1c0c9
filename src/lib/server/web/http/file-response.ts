import { Readable } from 'node:stream';
import type { ServedFile } from '#lib/server/cases/files.ts';
import { toWebStream } from '#lib/server/web-stream.ts';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Sends a file made by the site as a download that caches must not store. */
export function download(body: Buffer | Readable, mediaType: string, fileName: string, bytes?: number): Response {
	return new Response(body instanceof Readable ? toWebStream(body) : new Uint8Array(body), {
		headers: {
			'content-type': mediaType,
			...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
			'content-disposition': `attachment; filename="${fileName}"`,
			'cache-control': 'private, no-store',
			'x-content-type-options': 'nosniff'
		}
	});
}

/**
 * Sends a PNG that everybody may see.
 * @param immutable another picture has another address, so that every cache may keep this one
 */
export const pictureResponse = (png: Buffer, { immutable = true } = {}): Response =>
	new Response(new Uint8Array(png), {
		headers: {
			'content-type': 'image/png',
			'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=300'
		}
	});

/**
 * Sends a file of a case: images and document text are shown, everything else is downloaded. Headers keep any content from
 * running as part of the site.
 */
export function fileResponse({ name, mediaType, bytes }: ServedFile): Response {
	const isText = mediaType === 'text/plain';
	const disposition = isText || mediaType.startsWith('image/') ? 'inline' : 'attachment';
	const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': isText ? `${mediaType}; charset=utf-8` : mediaType,
			'content-length': String(bytes.length),
			'content-disposition': `${disposition}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
			'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
			'x-content-type-options': 'nosniff',
			'cross-origin-resource-policy': 'same-origin',
			'cache-control': 'private, no-store'
		}
	});
}
