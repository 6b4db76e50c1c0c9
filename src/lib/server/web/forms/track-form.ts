import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { BY_SCRIPT, OTHER_LANGUAGE } from '#lib/ui/form/form-state.ts';
import { asForm } from '../http/error-responses.ts';
import { askForReceipt, openTrack } from '../cookies/citizen-cookies.ts';
import { readForm, type ReadForm, writtenText } from '../http/form.ts';

/**
 * Form action of the tracking page for the case open in this browser; returns to it, or to the address that `work`
 * returns. Refuses the form if no case is open, or if another one was opened since the form was loaded (field
 * `report`). The button of another language shows the form in it.
 */
export async function receiveForTrack(
	event: RequestEvent,
	work: (caseId: number, read: ReadForm) => Promise<string | void>
) {
	const read = await readForm(event.request);
	event.locals.unsent = writtenText(read);
	return asForm(read.typed, async () => {
		const tracked = await openTrack(event);
		if (!tracked) return refuse(event, 'kirim', m.citizen_unsent_lead());
		const { report, ...data } = read.data;
		if (report !== undefined && report !== tracked.found.row.reference)
			return refuse(event, 'lain', m.citizen_unsent_other());
		if (OTHER_LANGUAGE in read.typed) return { issues: [], typed: read.typed };
		return redirect(303, (await work(tracked.caseId, { ...read, data })) ?? '/lacak/laporan?terkirim');
	});
}

/**
 * Leads to `/lacak`, which asks for the code. What was typed is kept by the form's script; without scripts an error
 * page shows it, to be copied.
 */
async function refuse(event: RequestEvent, why: 'kirim' | 'lain', message: string): Promise<never> {
	const { unsent } = event.locals;
	const href = await askForReceipt(event, why);
	if (!unsent || event.request.headers.has(BY_SCRIPT)) redirect(303, href);
	const next = { href, label: m.citizen_track_link() };
	const refusal = { title: m.citizen_unsent_title(), message, next, unsent };
	// The layout loads after the action, and its data would replace this error.
	event.locals.refusal = refusal;
	error(403, refusal);
}
