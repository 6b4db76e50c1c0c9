import { now, withClock } from '../../src/lib/server/clock.ts';
import { makeActor, makeOfficer, makeUnit } from '../../src/lib/dev/testing/factories.ts';
import { createVisit } from '../../src/lib/server/visits/visits.ts';
import { giveEverybodyAPassword, openOwnDatabase } from './own-database.ts';
import { startSite } from './site.ts';

/** An installation of its own whose visits ended at times that a journey can't wait for. */
export interface VisitsOffice {
	origin: string;
	unit: { code: string; slug: string };
	other: { code: string; slug: string };
	officer: { id: string; name: string };
	manager: { username: string; password: string };
	/**
	 * Links of visits to `unit`: two noted a quarter of an hour ago, one three weeks ago, and one noted at a moment still to
	 * come, so that however slow the machine is, its link is opened less than 20 seconds after that moment.
	 */
	tokens: { open: string; forApi: string; expired: string; early: string };
	stop: () => Promise<void>;
}

const MINUTE = 60 * 1000;

/** Writes the visits before the site opens the same folder. */
export async function openVisitsOffice(): Promise<VisitsOffice> {
	const { settings, close, remove } = await openOwnDatabase('visits');
	const unit = await makeUnit();
	const other = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const noted = async (minutesAgo: number) => {
		const moment = new Date(now().getTime() - minutesAgo * MINUTE);
		const input = { unit: unit.code, channel: 'walk_in', officer: officer.id };
		const note = () => createVisit(input, { accountId: null, within: [unit.id] });
		return (await withClock(() => moment, note)).token;
	};
	const tokens = {
		open: await noted(15),
		forApi: await noted(15),
		expired: await noted(21 * 24 * 60),
		early: await noted(-30)
	};
	const manager = await makeActor([[unit.id, 'manager']]);
	const signInOf = await giveEverybodyAPassword();
	await close();
	const site = await startSite({ ...settings, LIMITS: 'off' });
	const stop = async () => {
		await site.stop();
		await remove();
	};
	return { origin: site.origin, unit, other, officer, manager: signInOf(manager), tokens, stop };
}
