import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { needsSecondPerson } from '#lib/cases/moves.ts';
import type { ContactWay } from '#lib/cases/vocabulary.ts';
import { originalsOf, type KeptFile } from '#lib/server/attachments/stored-files.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { sendBackIncomplete } from '../answers/draft.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { updateCase } from '../move.ts';
import { proposeOfficers } from '../officers/find-names.ts';
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
	/**
	 * Whether this contact is proven to be the reporter's. If it was only typed in a form, the message counts as the
	 * reporter's for the office, but the holder of the receipt does not read it.
	 */
	isProven: boolean;
	/** Too many messages came: stored without changing the status and without a notice. */
	quiet: boolean;
	/** Set if a member of staff put the message into the case: who, and the channel. */
	recorded?: { writtenBy: Actor; by: ContactWay };
	/** Further data of the timeline entry: the conversation, and the files that were refused. */
	data: Record<string, unknown>;
}

/**
 * Whether the message was written before the office's question, and only read after it. Allows a minute, because mail
 * servers have clocks of their own, with whole seconds.
 */
const isBeforeQuestion = ({ status }: CaseRow, sentAt: Date, after: Date): boolean =>
	status === 'needs_info' && sentAt.getTime() + MINUTE_MS <= after.getTime();

/** Stores a message of a channel in a locked case. From the reporter it counts as if written on the tracking page. */
export async function storeIncomingMessage(tx: Tx, found: CaseWithUnit, message: IncomingMessage): Promise<CaseRow> {
	const { body, files, sentAt, fromReporter, isProven, quiet, recorded, data } = message;
	const [after] = await earliest(tx, found.row, 'answer');
	const isEarly = !recorded && isBeforeQuestion(found.row, sentAt, after);
	const said = recorded && { recorded: { by: recorded.by, at: sentAt.toISOString() } };
	const flags = {
		...(!fromReporter && { other_address: true }),
		...(fromReporter && !isProven && { unproven: true }),
		...(quiet && { quiet })
	};
	if (fromReporter && !quiet && !isEarly) {
		const at = sentAt > after ? sentAt : after;
		const by = recorded && { writtenBy: recorded.writtenBy };
		const spoken = { at, ...by, data: { ...data, ...said, ...flags } };
		return storeReporterMessage(tx, found, { body, public: isProven }, spoken, files);
	}
	const row = await updateCase(tx, found.row);
	const author = fromReporter ? 'reporter' : 'other';
	const { id: stored } = await storeMessage(tx, row, { author, public: isProven, body }, files);
	await recordEvent(tx, row, {
		type: 'message',
		author: fromReporter ? 'reporter' : 'system',
		writtenBy: recorded?.writtenBy,
		public: fromReporter,
		data: { ...data, ...said, message: stored, ...flags, ...originalsOf(files) }
	});
	await proposeOfficers(tx, row, found.unit, body);
	if (fromReporter && isEarly && needsSecondPerson(row.kind)) await sendBackIncomplete(tx, row);
	return row;
}
