import { log } from '#lib/server/log.ts';
import { sweepClocks } from './clocks.ts';
import { tellOfMissingDecrees } from './decree.ts';
import { sweepWaitingDrafts } from './passed-up.ts';
import { tellOfOwedRecaps } from './recap-due.ts';

/** Each minute: tells staff of what the clock alone brings about. One part that fails takes no other with it. */
export async function sweepReminders(): Promise<void> {
	for (const part of [sweepClocks, sweepWaitingDrafts, tellOfMissingDecrees, tellOfOwedRecaps]) {
		await part().catch((error: unknown) => log().error({ part: part.name, error }, 'reminders were not swept'));
	}
}
