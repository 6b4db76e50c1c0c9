import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { Actor } from '#lib/server/people/actor.ts';
import { asForm } from '../http/answers.ts';
import { readForm, type ReadForm } from '../http/form.ts';
import { signedIn } from '../http/signed-in.ts';

type Done = 'begun' | 'closed' | 'corrected';

/** Form action of a verb on a visit: reads the form, makes one domain call, and returns with a message. */
export function visitVerb(done: Done, verb: (actor: Actor, id: string, input: unknown) => Promise<void>) {
	return async (event: RequestEvent<{ id: string }>) => {
		const typed: ReadForm['typed'] = {};
		return asForm(typed, async () => {
			const read = await readForm(event.request);
			Object.assign(typed, read.typed);
			await verb(signedIn(event.locals), event.params.id, read.data);
			return redirect(303, `/desk/visits/${event.params.id}?done=${done}`);
		});
	};
}
