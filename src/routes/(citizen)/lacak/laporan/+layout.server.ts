import { error, redirect } from '@sveltejs/kit';
import { nextPromisedDeadline } from '#lib/cases/promised-deadline.ts';
import { citizenFiles } from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import { recognisableReporter } from '#lib/server/cases/reporter.ts';
import { reporterView } from '#lib/server/cases/reporter-view.ts';
import { reporterMails } from '#lib/server/channels/unsubscribe.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { askForReceipt, openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { hiddenFields } from '#lib/server/web/forms/bot-check.ts';

export const load = (event) =>
	asPage(async () => {
		const tracked = await openTrack(event);
		if (event.locals.refusal) error(403, event.locals.refusal);
		if (!tracked) redirect(303, await askForReceipt(event));
		const [{ unit, ...report }, mails, reporter] = await Promise.all([
			reporterView(tracked.found),
			reporterMails(tracked.found.row),
			recognisableReporter(tracked.found.row)
		]);
		const questionEntry =
			report.status === 'needs_info' ? report.entries.findLast(({ type }) => type === 'info_requested') : null;
		return {
			unit,
			report,
			mails,
			reporter,
			since: tracked.since,
			nextDeadline: nextPromisedDeadline(report, now()),
			question: report.messages.find(({ id }) => id === questionEntry?.data.message)?.body ?? null,
			hidden: await hiddenFields(event),
			files: citizenFiles()
		};
	}, event.locals.unsent);
