import { menuCounts } from '#lib/server/channels/menu-counts.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { mayVerify } from '#lib/server/people/audit-verify.ts';
import { homeUnit, pagesInUse } from '#lib/server/people/units/find-unit.ts';
import { practisedOffices } from '#lib/server/people/units/trial.ts';
import { areasOf } from '#lib/ui/shell/staff-menu.ts';
import { doneIn } from '#lib/words/done.ts';

/** Data for the frame of every staff page: account, menu, office and number of unread notices. */
export async function load({ locals: { actor, lang }, url, untrack }) {
	if (!actor?.accountId) throw new Error('a staff page was opened by a stranger');
	const { accountId, name, officerId, units } = actor;
	const [home, counts, inUse, ofRoot, integrity, trial] = await Promise.all([
		homeUnit(actor),
		menuCounts(actor),
		pagesInUse(actor),
		isRootAdmin(actor),
		mayVerify(actor),
		practisedOffices(actor)
	]);
	const unit = home && { name: home.name, accent: home.accent };
	return {
		actor: { accountId, name, officerId, units },
		menu: areasOf({
			officerId,
			units,
			waitingMessages: counts.waiting,
			inUse: { ...inUse, incoming: counts.used, integrity, installation: ofRoot }
		}),
		/** About the action that led here. Forms load whole pages, so it need not follow the address. */
		outcome: untrack(() => doneIn(url)),
		unit,
		unread: counts.unread,
		trial,
		lang
	};
}
