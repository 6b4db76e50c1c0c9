import { revealReporter } from '#lib/server/cases/reporter.ts';
import { caseForm } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	/** The name is the answer to this one form: no page keeps it, and looking again is another opening. */
	default: caseForm(async ({ actor, reference, data }) => ({ revealed: await revealReporter(actor, reference, data) }))
};
