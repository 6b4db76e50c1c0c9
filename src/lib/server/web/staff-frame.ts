import { homeUnit } from '../people/home-unit.ts';

/** What the frame around every staff page shows: who is signed in, for which office, in which language. */
export async function staffFrame({ actor, lang }: App.Locals) {
	if (!actor) throw new Error('a staff page was opened by a stranger');
	const { name, officerId, units } = actor;
	return { actor: { name, officerId, units }, unit: await homeUnit(actor), lang };
}
