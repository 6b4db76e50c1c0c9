import { rulesNow } from '#lib/server/calendar/change-rules.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { changeRecapDue, recapDueDays, seenOfRecapDue } from '#lib/server/recap/due.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const dueDays = (await isRootAdmin(actor)) ? await recapDueDays() : null;
	return { rules: await rulesNow(), zone: await firstZone(), dueDays, seen: dueDays && seenOfRecapDue(dueDays) };
});

export const actions = {
	recap: changeThenOpen(changeRecapDue, '/admin/deadlines?saved')
};
