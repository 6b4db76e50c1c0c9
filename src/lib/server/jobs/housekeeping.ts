import { sweepFiles } from '../attachments/sweep.ts';
import { fileStore } from '../attachments/store.ts';
import { forgetOldMails } from '../channels/mail-sweep.ts';
import { forgetOldNotices } from '../channels/notice-list.ts';
import { now } from '../clock.ts';
import { closeAllQuarters } from '../insight/public-figures.ts';
import { forgetSpentLimits } from '../people/limits.ts';
import { forgetDeadLinks } from '../people/password-links.ts';
import { forgetDeadSessions } from '../people/session.ts';
import { markBusyDays } from '../ratings/busy-days.ts';
import { checkRatingSums } from '../ratings/recount.ts';
import { sweepUnattended } from '../reminders/unattended.ts';
import { forgetExternalReferences, forgetMakers } from '../visits/visits.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The nightly cleaning, and the look whether the sums still agree with the ratings; each part stands for itself. */
export async function keepHouse(): Promise<void> {
	await forgetDeadSessions();
	await forgetDeadLinks();
	await forgetSpentLimits();
	await forgetExternalReferences();
	await forgetMakers();
	await forgetOldMails();
	await forgetOldNotices();
	await sweepUnattended();
	await markBusyDays();
	await checkRatingSums();
	await closeAllQuarters();
	await sweepFiles();
	await fileStore().removeUnfinished(new Date(now().getTime() - DAY));
}
