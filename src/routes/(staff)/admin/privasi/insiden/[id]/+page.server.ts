import { breachView, changeFacts, setBreachState } from '#lib/server/privacy/breaches/book.ts';
import { lettersOf, saveLetter } from '#lib/server/privacy/breaches/letters.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => {
	const breach = await breachView(actor, params.id);
	const { letters, source } = await lettersOf(actor, params.id);
	return { breach, letters, source };
});

type Verb = (actor: Actor, id: string, data: Record<string, unknown>) => Promise<void>;
const action = (verb: Verb) =>
	formAction(async (actor, { data }, { params }: RequestEvent) => {
		await verb(actor, params.id, data);
		return `/admin/privasi/insiden/${params.id}?saved`;
	});

export const actions = {
	facts: action(changeFacts),
	letter: action(saveLetter),
	state: action(setBreachState)
};
