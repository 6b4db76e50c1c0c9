import { redirect } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { spelled } from '#lib/text/receipt-format.ts';
import { receiptPageFacts } from '#lib/server/cases/receipt-page.ts';
import { reporterMails } from '#lib/server/channels/unsubscribe.ts';
import { findUnit, officeHeader } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { trackAddress } from '#lib/server/web/http/origin.ts';
import { receiptCookie, sentLately } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';
import { readForm } from '#lib/server/web/http/form.ts';

export const load = (event) =>
	asPage(async () => {
		const isNoted = event.url.searchParams.has('dicatat');
		const sent = isNoted ? undefined : await sentLately(event);
		if (!sent) {
			const kept = await receiptCookie.read(event.cookies);
			const left = kept && 'office' in kept ? kept : null;
			// Without an office, the receipt of another report is kept, which another tab may still show.
			const noted = isNoted && kept ? { reply: left?.reply ?? null } : null;
			const unit = left && (await findUnit(left.office));
			return { sent: null, noted, address: trackAddress(event), ...(unit && { unit: await officeHeader(unit) }) };
		}
		const [{ unit, ...report }, mails] = await Promise.all([
			receiptPageFacts(sent.found),
			reporterMails(sent.found.row)
		]);
		return {
			unit,
			sent: {
				receipt: sent.receipt,
				spelled: spelled(sent.receipt),
				address: trackAddress(event),
				mails,
				...report
			}
		};
	});

export const actions = {
	/** "Sudah saya catat" removes the receipt that the page shows from this browser, not that of a later report. */
	default: (event) =>
		asPage(async () => {
			const kept = await receiptCookie.read(event.cookies);
			const { data } = await readForm(event.request);
			if (kept && 'receipt' in kept && (data.receipt ?? kept.receipt) !== kept.receipt)
				redirect(303, '/terima?dicatat');
			const sent = await sentLately(event).finally(() => {
				// Also if the database fails, because the next person at this phone must not find the code.
				receiptCookie.clear(event.cookies);
				forgetPages(event.cookies);
			});
			const report = sent && (await receiptPageFacts(sent.found));
			if (!report) redirect(303, '/');
			const { unit, promisedAt } = report;
			const reply = promisedAt && localDate(promisedAt, unit.timeZone);
			await receiptCookie.write(event.cookies, { office: unit.slug, reply });
			redirect(303, '/terima?dicatat');
		})
};
