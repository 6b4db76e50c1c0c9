import { redirect, type RequestEvent } from '@sveltejs/kit';
import { asForm } from '../http/error-responses.ts';
import { openTrack } from '../cookies/citizen-cookies.ts';
import { readForm, type ReadForm } from '../http/form.ts';

/**
 * Form action of the tracking page for the case open in this browser; returns to it, or to the address that `work` returns.
 * Without an open case, redirects to the page that asks for the code.
 */
export async function receiveForTrack(
	event: RequestEvent,
	work: (caseId: number, read: ReadForm) => Promise<string | void>
) {
	const tracked = await openTrack(event);
	if (!tracked) redirect(303, '/lacak?habis');
	const read = await readForm(event.request);
	if (read.files.length > 0) read.typed.file = read.files.map((file) => file.name);
	return asForm(read.typed, async () => {
		return redirect(303, (await work(tracked.caseId, read)) ?? '/lacak/laporan?terkirim');
	});
}
