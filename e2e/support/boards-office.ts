import { ensureDefaults } from '../../src/lib/server/calendar/defaults.ts';
import { verifyCase } from '../../src/lib/server/cases/handling/verify.ts';
import { withClock } from '../../src/lib/server/clock.ts';
import { db, handle } from '../../src/lib/server/db/index.ts';
import { startQueue, stopQueue } from '../../src/lib/server/jobs/queue.ts';
import { makeActor, makeCase, makePlace, makeUnit } from '../../src/lib/dev/testing/factories.ts';
import { copyCases } from '../../src/lib/dev/testing/many-forwards.ts';
import { bringTo, standing } from '../../src/lib/dev/testing/office.ts';
import { withoutTriggers } from '../../src/lib/dev/testing/without-triggers.ts';
import { giveEverybodyAPassword, openOwnDatabase } from './own-database.ts';
import { startSite } from './site.ts';

const DAY = 24 * 3_600_000;
/** Lies in a quarter that ended more than two weeks ago, whatever day it is. */
const LONG_AGO = 110 * DAY;
/** More than are sent at once. */
const MANY = 12_000;

/**
 * An installation of its own: a province and an office, people of every role, some reports of a past quarter, and in an office
 * beside it more reports than are exported at once.
 */
export async function openBoardsOffice() {
	const { settings, close, remove } = await openOwnDatabase('boards');
	await startQueue(handle(), false);
	await ensureDefaults(db());
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	const large = await makeUnit({ parent: root });
	const people = {
		supervisor: await makeActor([[unit.id, 'handler', 'supervisor']]),
		manager: await makeActor([[unit.id, 'manager']]),
		above: await makeActor([[root.id, 'handler', 'supervisor', 'manager', 'admin']]),
		many: await makeActor([[large.id, 'handler']]),
		colleague: await makeActor([[large.id, 'handler']])
	};
	const handler = await makeActor([[unit.id, 'handler']]);
	const office = { root, unit, handler, supervisor: people.supervisor, rootSupervisor: people.above };
	const place = await makePlace(unit.id);
	await withClock(
		() => new Date(Date.now() - LONG_AGO),
		async () => {
			const categories = [...Array<string>(8).fill('time'), ...Array<string>(6).fill('facilities'), 'cost', 'cost'];
			for (const category of categories) {
				const { reference } = await makeCase(
					unit,
					{ category, kind: 'suggestion', place: place.id },
					{ channel: 'qr' }
				);
				await verifyCase(handler, reference, { category, class: 'plain', version: 1 });
			}
			const { reference } = await makeCase(unit, { category: 'time' });
			await bringTo(office, reference, 'closed');
		}
	);
	await makeCase(unit, { category: 'integrity' });
	const first = await makeCase(large, { title: '=1+1' });
	const { id } = await standing(first.reference);
	await withoutTriggers(async (tx) => {
		// What is searched in is not asked for here, and would take its time.
		await copyCases(id, MANY, tx);
	});
	const signInOf = await giveEverybodyAPassword();
	const usernames = Object.fromEntries(
		Object.entries(people).map(([role, actor]) => [role, signInOf(actor).username])
	) as Record<keyof typeof people, string>;
	await stopQueue(5);
	await close();
	const site = await startSite({ ...settings, LIMITS: 'off' });
	const stop = async () => {
		await site.stop();
		await remove();
	};
	return { origin: site.origin, root, unit, usernames, many: MANY + 1, stop };
}
