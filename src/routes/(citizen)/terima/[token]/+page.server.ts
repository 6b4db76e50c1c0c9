import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { officeOfReceiptLink, useReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { receiptCookie } from '#lib/server/web/cookies/citizen-cookies.ts';
import { asForm, asPageOfLink } from '#lib/server/web/http/error-responses.ts';

const gone = () => ({ title: m.common_link_gone(), message: m.citizen_receipt_link_gone() });

export const load = ({ params }) =>
	asPageOfLink(async () => ({ office: await officeOfReceiptLink(params.token) }), gone);

export const actions = {
	default: ({ params, cookies, locals }) =>
		asForm({}, () =>
			asPageOfLink(async () => {
				await receiptCookie.write(cookies, { receipt: await useReceiptLink(params.token, locals.actor) });
				redirect(303, '/terima');
			}, gone)
		)
};
