import { revealReporter } from '#lib/server/cases/reveal.ts';
import { asForm } from '#lib/server/web/http/answers.ts';
import { givenBy } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	/** The name is the answer to this one form: no page keeps it, and looking again is another opening. */
	default: async (event) => {
		const typed = {};
		return asForm(typed, async () => {
			const { actor, reference, data } = await givenBy(event, typed);
			return { revealed: await revealReporter(actor, reference, data) };
		});
	}
};
