import { createKioskLink } from '../../src/lib/server/places/kiosk-pairing.ts';
import { makeActor, makePlace, makeUnit } from '../../src/lib/dev/testing/factories.ts';
import { PIN } from './kiosk.ts';
import { openOwnDatabase } from './own-database.ts';
import { startSite } from './site.ts';

/** An installation of its own in which tries are counted, as they are not on the site that all journeys share. */
export interface KioskOffice {
	origin: string;
	/** Pairs one tablet. */
	link: string;
	stop: () => Promise<void>;
}

/** Makes the link before the site opens the same folder. */
export async function openKioskOffice(): Promise<KioskOffice> {
	const { settings, close, remove } = await openOwnDatabase('kiosk');
	const unit = await makeUnit();
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const token = await createKioskLink(await makeActor([[unit.id, 'admin']]), place.id, { mode: 'tablet', pin: PIN });
	await close();
	const site = await startSite({ ...settings, LIMITS: 'on' });
	const stop = async () => {
		await site.stop();
		await remove();
	};
	return { origin: site.origin, link: `${site.origin}/kiosk/${token}`, stop };
}
