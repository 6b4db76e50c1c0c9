import type { ServedFile } from '#lib/server/cases/attachment.ts';

/**
 * Sends a file of a case: images and document text are shown, everything else is downloaded. Headers keep any content from
 * running as part of the site.
 */
export function fileResponse({ name, mediaType, bytes }: ServedFile): Response {
	const isText = mediaType === 'text/plain';
	const way = isText || mediaType.startsWith('image/') ? 'inline' : 'attachment';
	const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': isText ? `${mediaType}; charset=utf-8` : mediaType,
			'content-length': String(bytes.length),
			'content-disposition': `${way}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
			'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
			'x-content-type-options': 'nosniff',
			'cross-origin-resource-policy': 'same-origin',
			'cache-control': 'private, no-store'
		}
	});
}
