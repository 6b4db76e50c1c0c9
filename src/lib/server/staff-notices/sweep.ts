import { log } from '#lib/server/log.ts';
import { notifyOfBreaches } from '#lib/server/privacy/breaches/due.ts';
import { sweepDataRequests } from '#lib/server/privacy/requests/request-notices.ts';
import { sweepClocks } from './deadlines.ts';
import { sweepWaitingDrafts } from './draft-deciders.ts';
import { notifyOfWaitingMessages } from './waiting-messages.ts';
import { sendLogHeads } from './log-heads.ts';
import { sweepDueNotices } from './new-cases.ts';
import { notifyOfMissingDecrees, notifyOfOwedRecaps } from './office-tasks.ts';
import { notifyOfOfficesWithoutReaders } from './offices-without-readers.ts';
import { notifyOfTrouble } from './site-trouble.ts';

const PARTS = [
	sweepClocks,
	sweepDueNotices,
	sweepWaitingDrafts,
	notifyOfMissingDecrees,
	notifyOfOwedRecaps,
	notifyOfWaitingMessages,
	sweepDataRequests,
	sendLogHeads,
	notifyOfBreaches,
	notifyOfOfficesWithoutReaders,
	notifyOfTrouble
];

/** Runs each minute: sends notices that depend only on time. A failing part does not stop the others. */
export async function sweepStaffNotices(): Promise<void> {
	for (const part of PARTS) {
		await part().catch((err: unknown) =>
			log().error({ part: part.name, err }, 'a part of the notices to staff failed')
		);
	}
}
