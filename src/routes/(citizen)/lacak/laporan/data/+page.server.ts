import { redirect } from '@sveltejs/kit';
import { hourRule } from '#lib/server/calendar/load.ts';
import { hasContact } from '#lib/server/cases/reporter.ts';
import { now } from '#lib/server/clock.ts';
import { agreedByReporter } from '#lib/server/people/consents.ts';
import { withdrawRequest } from '#lib/server/privacy/requests/decide.ts';
import { requestByReporter } from '#lib/server/privacy/requests/receive.ts';
import { requestsAbout } from '#lib/server/privacy/requests/register.ts';
import { casePeriods } from '#lib/server/privacy/retention/schedule.ts';
import { askForReceipt, openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { receiveForTrack } from '#lib/server/web/forms/track-form.ts';
import { casePeriodWords } from '#lib/words/retention.ts';

export const load = async (event) => {
	const tracked = await openTrack(event);
	if (!tracked) redirect(303, await askForReceipt(event));
	const { row } = tracked.found;
	return {
		formId: 'isian',
		requests: await requestsAbout({ caseId: row.id }),
		agreed: await agreedByReporter(row.id),
		periods: casePeriodWords(await casePeriods([row.kind])),
		rule: await hourRule('data_request', now()),
		/** Without a contact, nothing can confirm a new one or be given up. */
		hasContact: await hasContact(row)
	};
};

export const actions = {
	default: (event) =>
		receiveForTrack(event, async (caseId, { data }) => {
			const withdraws = data.withdraw !== undefined;
			await (withdraws ? withdrawRequest : requestByReporter)(caseId, data);
			return `/lacak/laporan/data?${withdraws ? 'dibatalkan' : 'terkirim'}`;
		})
};
