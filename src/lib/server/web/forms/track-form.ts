import { redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { asForm, type FormAnswer } from '../http/answers.ts';
import { openTrack } from '../cookies/citizen-cookies.ts';
import { readForm, type ReadForm } from '../http/form.ts';

/**
 * Form action of the tracking page for the case open in this browser; returns to it. Without an open case, redirects to the
 * page that asks for the code.
 */
export async function receiveForTrack(
	event: RequestEvent,
	work: (caseId: number, read: ReadForm) => Promise<void>
): Promise<ActionFailure<FormAnswer>> {
	const tracked = await openTrack(event);
	if (!tracked) redirect(303, '/lacak?habis');
	const typed: ReadForm['typed'] = {};
	return asForm(typed, async () => {
		const read = await readForm(event.request);
		Object.assign(typed, read.typed);
		if (read.files.length > 0) typed.file = read.files.map((file) => file.name);
		await work(tracked.caseId, read);
		return redirect(303, '/lacak/laporan?terkirim');
	});
}
