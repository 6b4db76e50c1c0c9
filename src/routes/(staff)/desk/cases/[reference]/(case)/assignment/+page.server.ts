import { assignCase, peopleToAssign } from '#lib/server/cases/handling/assign.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const load = withActor(async (actor, { params }) => {
	return { me: actor.accountId, people: await peopleToAssign(actor, params.reference) };
});

export const actions = { default: verbWithOneOutcome(assignCase, 'assigned') };
