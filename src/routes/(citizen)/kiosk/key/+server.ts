import { registerDeviceKey } from '#lib/server/places/kiosks.ts';
import { asApi } from '#lib/server/web/http/error-responses.ts';
import { jsonBody } from '#lib/server/web/http/json-body.ts';
import { thisKiosk } from '#lib/server/web/kiosk.ts';

export const POST = (event) =>
	asApi(async () => {
		await registerDeviceKey(await thisKiosk(event), await jsonBody(event.request));
		return new Response(null, { status: 204 });
	});
