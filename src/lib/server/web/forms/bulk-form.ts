import type { RequestEvent } from '@sveltejs/kit';
import { archivePicked, assignPicked, BULK_VERBS, picksOf, type BulkVerb } from '#lib/server/cases/handling/bulk.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { asForm, refusalText } from '../http/answers.ts';
import { readForm } from '../http/form.ts';
import { signedIn } from '../http/gate.ts';
import { requireFilled } from './case-templates.ts';

/** The verb for all picked cases. @throws NotFound for a verb that has no bulk form */
export function bulkVerb(name: unknown): BulkVerb {
	const verb = BULK_VERBS.find((one) => one === name);
	if (!verb) throw new NotFound();
	return verb;
}

/** Runs the verb for each picked case and returns the outcome of each. */
export async function actOnPicked(event: RequestEvent) {
	const { data, typed } = await readForm(event.request);
	return asForm(typed, async () => {
		const { pick, verb, confirmed, assignee, reason, note } = data;
		requireFilled(data, { field: 'note', use: 'archive' });
		const picks = picksOf(pick);
		if (!confirmed) throw new Invalid([{ path: 'confirmed', code: 'confirm_missing' }]);
		const actor = signedIn(event.locals);
		const outcomes =
			bulkVerb(verb) === 'assignment'
				? await assignPicked(actor, picks, assignee)
				: await archivePicked(actor, picks, { reason, note });
		return {
			outcomes: outcomes.map((one) => ({ ...one, refused: one.refused === null ? null : refusalText(one.refused) }))
		};
	});
}
