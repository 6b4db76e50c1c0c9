import { sweepFiles } from '../attachments/sweep.ts';
import { fileStore } from '../attachments/store.ts';
import { now } from '../clock.ts';
import { forgetSpentLimits } from '../people/limits.ts';
import { forgetDeadLinks } from '../people/password-links.ts';
import { forgetDeadSessions } from '../people/session.ts';
import { forgetExternalReferences } from '../visits/visits.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The nightly cleaning: nothing of it is missed by anybody, and each part stands for itself. */
export async function keepHouse(): Promise<void> {
	await forgetDeadSessions();
	await forgetDeadLinks();
	await forgetSpentLimits();
	await forgetExternalReferences();
	await sweepFiles();
	await fileStore().removeUnfinished(new Date(now().getTime() - DAY));
}
