import { redirect } from '@sveltejs/kit';
import { trackedSibling } from '#lib/server/cases/find-by-receipt.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { askForReceipt, openTrack, startTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { readForm } from '#lib/server/web/http/form.ts';

export const GET = () => redirect(303, '/lacak/laporan');

/** Opens another part of a split report instead of the one that is open. */
export const POST = (event) =>
	asPage(async () => {
		const tracked = await openTrack(event);
		if (!tracked) redirect(303, await askForReceipt(event));
		const { data } = await readForm(event.request);
		await startTrack(event, await trackedSibling(tracked.found, String(data.reference ?? '')));
		return redirect(303, '/lacak/laporan');
	});
