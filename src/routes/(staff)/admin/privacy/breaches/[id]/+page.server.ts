import { breachView, changeFacts, setBreachState } from '#lib/server/privacy/breaches/book.ts';
import { lettersOf, saveLetter } from '#lib/server/privacy/breaches/letters.ts';
import { recordActions, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const breach = await breachView(actor, params.id);
	const { letters, source } = await lettersOf(actor, params.id);
	return { breach, letters, source };
});

export const actions = recordActions('/admin/privacy/breaches', {
	facts: changeFacts,
	letter: saveLetter,
	state: setBreachState
});
