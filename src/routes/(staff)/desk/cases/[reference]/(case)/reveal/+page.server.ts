import { revealReporter } from '#lib/server/cases/reveal-reporter.ts';
import { caseAction } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	/** Returns the name only as the result of this form. Seeing it again is another logged opening. */
	default: caseAction(
		async ({ actor, reference, data }) => ({ revealed: await revealReporter(actor, reference, data) }),
		{ confirm: true }
	)
};
