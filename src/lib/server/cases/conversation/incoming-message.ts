import type { KeptFile } from '#lib/server/attachments/stored-files.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { updateCase } from '../move.ts';
import { recordEvent } from '../timeline.ts';
import { storeMessage } from './message.ts';
import { earliest } from './record-answer.ts';
import { storeReporterMessage } from './reporter-reply.ts';

/** A message to a case by e-mail, WhatsApp or SMS. */
interface IncomingMessage {
	body: string;
	files: readonly KeptFile[];
	/** The message's own time. */
	sentAt: Date;
	/** Whether it came from a contact of the reporter. If not, it changes no status and the reporter does not read it. */
	fromReporter: boolean;
	/** Too many messages came: stored without changing the status and without a notice. */
	quiet: boolean;
	/** The conversation with the channel's own view of the message. */
	conversation: number;
}

/** Stores a message of a channel in a locked case. From the reporter it counts as if written on the tracking page. */
export async function storeIncomingMessage(tx: Tx, found: CaseWithUnit, message: IncomingMessage): Promise<CaseRow> {
	const { body, files, sentAt, fromReporter, quiet, conversation } = message;
	if (fromReporter && !quiet) {
		const [after] = await earliest(tx, found.row, 'answer');
		const at = sentAt > after ? sentAt : after;
		return storeReporterMessage(tx, found, { body }, { at, data: { conversation } }, files);
	}
	const row = await updateCase(tx, found.row);
	const author = fromReporter ? 'reporter' : 'other';
	const stored = await storeMessage(tx, row, { author, public: fromReporter, body }, files);
	const flags = { ...(!fromReporter && { other_address: true }), ...(quiet && { quiet }) };
	const data = { message: stored, conversation, ...flags };
	const by = fromReporter ? 'reporter' : 'system';
	await recordEvent(tx, row, { type: 'message', author: by, public: fromReporter, data });
	return row;
}
