import { publicPortrait } from '#lib/server/people/officers/officer-photo.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const GET = ({ params }) =>
	asPage(async () => {
		const photo = await publicPortrait(params.id);
		return new Response(new Uint8Array(photo), {
			headers: { 'content-type': 'image/jpeg', 'cache-control': 'public, max-age=3600' }
		});
	});
