import { officerPhotoForAdmin } from '#lib/server/people/officers/officer-photo.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const GET = ({ locals, params }) =>
	asPage(async () => {
		const photo = await officerPhotoForAdmin(signedIn(locals), params.id);
		return new Response(new Uint8Array(photo), {
			headers: { 'content-type': 'image/jpeg', 'cache-control': 'private, max-age=3600' }
		});
	});
