import { json } from '@sveltejs/kit';
import { asApi } from '#lib/server/web/http/error-responses.ts';
import { kioskScreen, renewPairing } from '#lib/server/web/kiosk.ts';

export const GET = (event) =>
	asApi(async () => {
		const kiosk = await renewPairing(event);
		return json(await kioskScreen(event, kiosk), { headers: { 'cache-control': 'no-store' } });
	});
