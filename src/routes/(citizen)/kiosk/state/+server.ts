import { json } from '@sveltejs/kit';
import { noteSeen } from '#lib/server/places/kiosks.ts';
import { asApi } from '#lib/server/web/answers.ts';
import { kioskScreen, thisKiosk } from '#lib/server/web/kiosk.ts';

export const GET = (event) =>
	asApi(async () => {
		const kiosk = await thisKiosk(event);
		await noteSeen(kiosk.id);
		return json(await kioskScreen(event, kiosk), { headers: { 'cache-control': 'no-store' } });
	});
