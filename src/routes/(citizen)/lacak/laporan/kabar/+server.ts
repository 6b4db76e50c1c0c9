import { json } from '@sveltejs/kit';
import { switchReporterPush } from '#lib/server/channels/push/subscriptions.ts';
import { NotFound } from '#lib/server/errors.ts';
import { openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { readForm } from '#lib/server/web/http/form.ts';

/** Switches push messages about the open report on or off in this browser, for the page's script. */
export const POST = (event) =>
	asPage(async () => {
		const tracked = await openTrack(event, { renews: false });
		if (!tracked) throw new NotFound();
		const { data } = await readForm(event.request);
		return json({ on: await switchReporterPush(tracked.caseId, data) });
	});
