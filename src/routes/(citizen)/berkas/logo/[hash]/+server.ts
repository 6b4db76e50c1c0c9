import { logoByHash } from '#lib/server/people/units/logo.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

/** Another logo has another address, so that every cache may keep this one. */
export const GET = ({ params }) =>
	asPage(async () => {
		const headers = { 'content-type': 'image/png', 'cache-control': 'public, max-age=31536000, immutable' };
		return new Response(new Uint8Array(await logoByHash(params.hash)), { headers });
	});
