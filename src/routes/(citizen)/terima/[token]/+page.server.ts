import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { officeOfReceiptLink, useReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { NotFound } from '#lib/server/errors.ts';
import { receiptCookie } from '#lib/server/web/cookies/citizen-cookies.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';

async function whileGood<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (cause instanceof NotFound) error(404, { title: m.common_link_gone(), message: m.citizen_receipt_link_gone() });
		throw cause;
	}
}

export const load = ({ params }) => whileGood(async () => ({ office: await officeOfReceiptLink(params.token) }));

export const actions = {
	default: ({ params, cookies, locals }) =>
		asForm({}, () =>
			whileGood(async () => {
				await receiptCookie.write(cookies, { receipt: await useReceiptLink(params.token, locals.actor) });
				redirect(303, '/terima');
			})
		)
};
