import { countUnread } from '../channels/notice-list.ts';
import { homeUnit } from '../people/home-unit.ts';

/** What the frame around every staff page shows: who is signed in, for which office, with how many unread notices. */
export async function staffFrame({ actor, lang }: App.Locals) {
	if (!actor) throw new Error('a staff page was opened by a stranger');
	const { name, officerId, units } = actor;
	const [home, unread] = await Promise.all([homeUnit(actor), countUnread(actor)]);
	const unit = home && { name: home.name, accent: home.accent };
	return { actor: { name, officerId, units }, unit, unread, lang };
}
