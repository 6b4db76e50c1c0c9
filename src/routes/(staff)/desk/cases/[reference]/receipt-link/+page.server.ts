import { makeReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { caseAction } from '#lib/server/web/forms/desk-verb.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const { reference, unit, reporter, reporterMail, may } = await deskCase(actor, params.reference);
	// An address that was refused or stopped its e-mails may be wrong, and another person's.
	const email = reporterMail === 'wanted' ? reporter?.email : undefined;
	return { reference, unit, phone: reporter?.phone, email, may: may.linkReceipt };
});

export const actions = {
	/** Returns the link in the form's response, never in an address. */
	default: (event) =>
		caseAction(async ({ actor, reference, data }) => {
			if (!data.make) return {};
			const { token, ...link } = await makeReceiptLink(actor, reference);
			return { link: { address: `${mainOrigin(event)}/terima/${token}`, ...link } };
		})(event)
};
