import { tryRouting } from '#lib/server/cases/triage/routing-trial.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => ({
		units: (await unitsForAdmin(signedIn(locals))).map(({ id, code, name, depth }) => ({ id, code, name, depth }))
	}));

export const actions = {
	// No redirect: nothing was changed, and pasted text must not be in an address.
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => ({ trial: await tryRouting(signedIn(locals), data), tried: typed }));
	}
};
