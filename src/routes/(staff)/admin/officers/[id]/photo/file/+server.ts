import { officerPhotoForAdmin } from '#lib/server/people/officers/officer-photo.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { params }: RequestEvent) => {
	const photo = await officerPhotoForAdmin(actor, params.id);
	return new Response(new Uint8Array(photo), {
		headers: { 'content-type': 'image/jpeg', 'cache-control': 'private, max-age=3600' }
	});
});
