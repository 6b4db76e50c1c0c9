import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { BY_SCRIPT } from '#lib/ui/form/form-state.ts';
import { asForm } from '../http/error-responses.ts';
import { openTrack } from '../cookies/citizen-cookies.ts';
import { readForm, type ReadForm, writtenText } from '../http/form.ts';

/**
 * Form action of the tracking page for the case open in this browser; returns to it, or to the address that `work` returns.
 * Without an open case, redirects to the page that asks for the code. What was typed is kept by the form's script; without
 * scripts an error page shows it, to be copied.
 */
export async function receiveForTrack(
	event: RequestEvent,
	work: (caseId: number, read: ReadForm) => Promise<string | void>
) {
	const tracked = await openTrack(event);
	if (!tracked && event.request.headers.has(BY_SCRIPT)) redirect(303, '/lacak?habis');
	const read = await readForm(event.request);
	if (!tracked) {
		const unsent = writtenText(read);
		if (!unsent) redirect(303, '/lacak?habis');
		const next = { href: '/lacak', label: m.citizen_track_link() };
		const refusal = { title: m.citizen_unsent_title(), message: m.citizen_unsent_lead(), next, unsent };
		// The layout loads after the action, and its redirect would replace this error.
		event.locals.refusal = refusal;
		error(403, refusal);
	}
	if (read.files.length > 0) read.typed.file = read.files.map((file) => file.name);
	return asForm(read.typed, async () => {
		return redirect(303, (await work(tracked.caseId, read)) ?? '/lacak/laporan?terkirim');
	});
}
