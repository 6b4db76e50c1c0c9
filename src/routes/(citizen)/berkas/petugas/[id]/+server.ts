import { publicPortrait } from '#lib/server/people/officers/officer-photo.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const GET = ({ params, locals }) =>
	asPage(async () => {
		const photo = await publicPortrait(params.id, locals.actor);
		// Only the reader's own browser keeps it, because the officer may withdraw the consent.
		return new Response(new Uint8Array(photo), {
			headers: { 'content-type': 'image/jpeg', 'cache-control': 'private, max-age=3600' }
		});
	});
