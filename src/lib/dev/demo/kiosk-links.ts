import { and, eq, isNull } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { places } from '#lib/server/db/schema/units.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { listKiosks, withdrawKiosks } from '#lib/server/places/kiosks.ts';
import { createKioskLink } from '#lib/server/places/kiosk-pairing.ts';

/** The PIN of every device that is paired by these links. */
export const DEMO_PIN = '2468';

/** The tokens of two pairing links. */
export type DemoKiosks = NonNullable<Awaited<ReturnType<typeof demoKioskLinks>>>;

/**
 * Creates links that pair a tablet and a display with the first desk in Mamuju. Each start creates new ones, because a link
 * is valid for a day, and withdraws unused ones. Null if the demo's data has no place for devices.
 */
export async function demoKioskLinks() {
	const [admin] = await db()
		.select({ id: accounts.id })
		.from(accounts)
		.where(eq(accounts.username, 'administrator.mamuju'));
	const actor = admin && (await actorOf(admin.id));
	// Printed codes of the kiosk and of an officer's desk in Mamuju.
	const [place] = await db().select({ id: places.id }).from(places).where(at('MMJANJ'));
	const [desk] = await db().select({ id: places.id }).from(places).where(at('MMJPTG'));
	if (!actor || !place || !desk) return null;
	for (const { id, pairedAt } of await listKiosks(actor, place.id)) {
		if (!pairedAt) await withdrawKiosks(actor, place.id, id);
	}
	const link = (mode: string) => createKioskLink(actor, place.id, { mode, desk: desk.id, pin: DEMO_PIN });
	return { tablet: await link('tablet'), display: await link('display') };
}

/** Condition for the place with a code. A user of the demo may have withdrawn the place. */
const at = (code: string) => and(eq(places.code, code), isNull(places.withdrawnAt));
