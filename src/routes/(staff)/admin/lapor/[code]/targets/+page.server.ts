import { searchInstitutions } from '#lib/server/escalation/connection/institutions.ts';
import {
	FORWARDABLE,
	laporOfUnit,
	removeTargetCategory,
	setTargetCategory
} from '#lib/server/escalation/connection/report-settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { chosenOrTyped } from '#lib/server/web/forms/search-box-value.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => ({
	lapor: await laporOfUnit(actor, params.code),
	categories: FORWARDABLE
}));

const action = (verb: (actor: Actor, unitId: string, form: ReadForm) => Promise<void>) =>
	formAction(async (actor, form, { params }: RequestEvent) => {
		const { unit } = await laporOfUnit(actor, params.code);
		await verb(actor, unit.id, form);
		return `/admin/lapor/${unit.code}/targets?saved`;
	});

export const actions = {
	set: action((actor, unitId, { data, typed }) =>
		setTargetCategory(actor, unitId, { ...data, target: chosenOrTyped(typed, 'target') })
	),
	remove: action((actor, unitId, { data }) => removeTargetCategory(actor, unitId, String(data.key))),
	find: formAction(async (actor, { typed }, { params }) => {
		await laporOfUnit(actor, params.code);
		return { issues: [], typed, found: await searchInstitutions(String(typed.target ?? '')) };
	})
};
