import {
	changeLaporOptions,
	laporOptions,
	seenOfLaporOptions
} from '#lib/server/escalation/connection/report-settings.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const options = await laporOptions();
	return { options, seen: seenOfLaporOptions(options), mayChange: await isRootAdmin(actor) };
});

export const actions = {
	// Not the default action: an empty POST to it would switch every option off.
	save: changeThenOpen(changeLaporOptions, '/admin/lapor?saved')
};
