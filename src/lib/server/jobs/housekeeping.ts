import { DAY_MS } from '#lib/calendar/durations.ts';
import { sweepFiles, fileStore } from '#lib/server/attachments/store.ts';
import { deleteOldConversations } from '#lib/server/channels/incoming/delete-old-conversations.ts';
import { deleteOldMails } from '#lib/server/channels/mail-delivery.ts';
import { deleteOldMessages } from '#lib/server/channels/outgoing/delivery.ts';
import { deleteOldNotices } from '#lib/server/channels/notice-list.ts';
import { ago } from '#lib/server/clock.ts';
import { closeAllQuarters } from '#lib/server/insight/public-page.ts';
import { log } from '#lib/server/log.ts';
import { deleteUnusablePasswordLinks } from '#lib/server/people/sign-in/password-links.ts';
import { deleteExpiredSessions } from '#lib/server/people/sign-in/session.ts';
import { proposeYearly } from '#lib/server/privacy/retention/proposal.ts';
import { markBusyDays } from '#lib/server/ratings/compute-signals.ts';
import { checkRatingSums } from '#lib/server/ratings/figures/check-sums.ts';
import { sweepUnattended } from '#lib/server/staff-notices/unattended.ts';
import { deleteExternalReferences, deleteRecordingDevices } from '#lib/server/visits/visits.ts';

const PARTS: readonly (() => Promise<unknown>)[] = [
	deleteExpiredSessions,
	deleteUnusablePasswordLinks,
	deleteExternalReferences,
	deleteRecordingDevices,
	deleteOldMails,
	deleteOldConversations,
	deleteOldMessages,
	deleteOldNotices,
	sweepUnattended,
	proposeYearly,
	markBusyDays,
	checkRatingSums,
	closeAllQuarters,
	() => fileStore().removeUnfinished(ago(DAY_MS)),
	// The last one, because it waits for a backup.
	sweepFiles
];

/**
 * Nightly clean-up and checks. Each part runs even if another one fails, because promised deletions must happen.
 * @throws the first failure, after all parts ran. The log contains the others
 */
export async function runHousekeeping(): Promise<void> {
	const failed: unknown[] = [];
	// One after the other, because nothing is urgent and the embedded database has one connection.
	for (const part of PARTS) await part().catch((error: unknown) => failed.push(error));
	const [first, ...others] = failed;
	// Not an AggregateError: the log removes query parameters only from errors that are not nested.
	for (const err of others) log().error({ job: 'housekeeping', err }, 'another part of the job failed');
	if (first) throw first;
}
