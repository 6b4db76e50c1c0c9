import { handOverCase, unitsToHandOver } from '#lib/server/cases/handling/hand-over.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

export const load = withActor(async (actor, { params }) => ({ units: await unitsToHandOver(actor, params.reference) }));

export const actions = { default: verbWithOneOutcome(handOverCase, 'moved') };
