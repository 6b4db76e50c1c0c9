import { redirect } from '@sveltejs/kit';
import { CATEGORIES } from '#lib/cases/vocabulary.ts';
import { searchInstitutions } from '#lib/server/escalation/connection/institutions.ts';
import {
	laporOfUnit,
	removeTargetCategory,
	setTargetCategory
} from '#lib/server/escalation/connection/lapor-settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { chosenOrTyped } from '#lib/server/web/forms/chosen.ts';
import { readForm, type ReadForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import type { RequestEvent } from './$types';

export const load = ({ locals, params }) =>
	asPage(async () => ({
		lapor: await laporOfUnit(signedIn(locals), params.code),
		categories: CATEGORIES.filter((category) => category !== 'integrity')
	}));

/** Every verb of this page: reads the form, finds the office, does it, and comes back. */
const action =
	(verb: (actor: Actor, unitId: string, read: ReadForm) => Promise<void>) => async (event: RequestEvent) => {
		const read = await readForm(event.request);
		return asForm(read.typed, async () => {
			const actor = signedIn(event.locals);
			const { unit } = await laporOfUnit(actor, event.params.code);
			await verb(actor, unit.id, read);
			redirect(303, `/admin/lapor/${unit.code}/targets?saved`);
		});
	};

export const actions = {
	set: action((actor, unitId, { data, typed }) =>
		setTargetCategory(actor, unitId, { ...data, target: chosenOrTyped(typed, 'target') })
	),
	remove: action((actor, unitId, { data }) => removeTargetCategory(actor, unitId, String(data.key))),
	/** Looks for the institution typed. */
	find: async ({ request, locals, params }) => {
		const { typed } = await readForm(request);
		return asForm(typed, async () => {
			await laporOfUnit(signedIn(locals), params.code);
			return { issues: [], typed, found: await searchInstitutions(String(typed.target ?? '')) };
		});
	}
};
