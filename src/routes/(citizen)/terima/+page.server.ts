import { redirect } from '@sveltejs/kit';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import { spelled } from '#lib/text/receipt-format.ts';
import { acknowledgement } from '#lib/server/cases/track.ts';
import { findUnit, officeHead } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { trackAddress } from '#lib/server/web/http/origin.ts';
import { receiptCookie, sentLately } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';

export const load = (event) =>
	asPage(async () => {
		const sent = await sentLately(event);
		if (!sent) {
			// After "Sudah saya catat": the office and the day of the first reply, which are no secret.
			const { searchParams: query } = event.url;
			const unit = await findUnit(query.get('kantor') ?? '');
			const reply = query.get('balasan') ?? '';
			return {
				sent: null,
				noted: query.has('dicatat'),
				reply: isLocalDate(reply) ? reply : null,
				address: trackAddress(event),
				...(unit && { unit: await officeHead(unit) })
			};
		}
		const { unit, ...acknowledged } = await acknowledgement(sent.tracked);
		return {
			unit,
			sent: {
				receipt: sent.receipt,
				spelled: spelled(sent.receipt),
				address: trackAddress(event),
				...acknowledged
			}
		};
	});

export const actions = {
	/** "Sudah saya catat" removes the receipt from this browser. With `?hapus` the next person at the phone does it. */
	default: async (event) => {
		const sent = await sentLately(event);
		receiptCookie.clear(event.cookies);
		forgetPages(event.cookies);
		const report = sent && (await acknowledgement(sent.tracked));
		if (!report || event.url.searchParams.has('hapus')) redirect(303, `/${report?.unit.slug ?? ''}`);
		const query = new URLSearchParams({ dicatat: '', kantor: report.unit.slug });
		if (report.promisedAt) query.set('balasan', localDate(report.promisedAt, report.unit.timeZone));
		redirect(303, `/terima?${query.toString()}`);
	}
};
