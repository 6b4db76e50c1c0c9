import { redirect, type RequestEvent } from '@sveltejs/kit';
import { cancelExport, requestExport } from '#lib/server/exports/request.ts';
import { asForm } from '../http/answers.ts';
import { readForm } from '../http/form.ts';
import { signedIn } from '../http/gate.ts';

/** Requests an export, or cancels a running one. */
export async function changeExports(event: RequestEvent) {
	const { data, typed } = await readForm(event.request);
	return asForm(typed, async () => {
		const actor = signedIn(event.locals);
		if (data.step === 'cancel') {
			await cancelExport(actor, String(data.id));
			return redirect(303, '/desk/exports');
		}
		const asked = await requestExport(actor, event.locals.lang, { format: data.format, query: data.query ?? '' });
		if ('job' in asked) return redirect(303, '/desk/exports');
		return redirect(303, `/desk/exports/file?format=${asked.now.format}&${asked.now.query}`);
	});
}
