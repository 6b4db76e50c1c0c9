import { log } from '#lib/server/log.ts';
import { sweepClocks } from '#lib/server/reminders/clocks.ts';
import { tellOfMissingDecrees } from '#lib/server/reminders/decree.ts';
import { sweepWaitingDrafts } from '#lib/server/reminders/passed-up.ts';
import { tellOfOwedRecaps } from '#lib/server/reminders/recap-due.ts';

/** Each minute: tells staff of what the clock alone brings about. One part that fails takes no other with it. */
export async function sweepReminders(): Promise<void> {
	for (const part of [sweepClocks, sweepWaitingDrafts, tellOfMissingDecrees, tellOfOwedRecaps]) {
		await part().catch((error: unknown) => log().error({ part: part.name, error }, 'reminders were not swept'));
	}
}
