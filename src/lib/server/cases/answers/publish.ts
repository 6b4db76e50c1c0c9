import { isAnswerFinal } from '#lib/cases/moves.ts';
import { publishDraftFiles, type KeptFile } from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { meetClocks, startClocks } from '../clocks/case-clocks.ts';
import { promisedRules } from '../clocks/deadlines.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import { storeMessage } from '../conversation/message.ts';
import type { CaseWithUnit } from '../find.ts';
import { recordEvent, type Author } from '../timeline.ts';
import { storeLetter } from './letter.ts';

/** An answer to publish. `accountId` is its writer. */
export interface PublishedAnswer {
	body: string;
	/** The action taken. `actionOn` is its day. */
	action?: string | null;
	actionOn?: string | null;
	accountId: string | null;
	/** The approved draft. */
	approval?: string;
	/** False if the draft has no files, which otherwise become public. */
	draftFiles?: boolean;
	/** False if no reports are linked to the case, which otherwise get the answer too. */
	mayHaveLinked?: boolean;
	/** Who signed the draft as the second person. */
	decidedBy?: string | null;
	/** The draft needed a second person and none was available. */
	singleSignature?: boolean;
	files?: readonly KeptFile[];
	by?: 'staff' | 'lapor';
}

/**
 * Publishes an answer on one case. The reporter sees it, its letter gets a number, all deadlines of the office are met,
 * and the reporter's turn begins. After the second dispute the answer is final.
 */
export async function publishOne(tx: Tx, author: Author, { row: before, unit }: CaseWithUnit, answer: PublishedAnswer) {
	const at = now();
	const { body, accountId, approval, decidedBy, by = 'staff' } = answer;
	const { answered } = await promisedRules(before);
	// The score of an earlier answer stays on the timeline, where figures count it.
	const columns = { answeredAt: at, satisfaction: null };
	const { row } = await moveWithClocks(tx, { row: before, unit }, 'publish_answer', columns, (clocks) => {
		meetClocks(clocks, ['first_reply', 'response_by_law', 'solution', 'decision_by_law'], at);
		startClocks(clocks, answered, at);
	});
	const { id: message } = await storeMessage(tx, row, { author: by, accountId, public: true, body }, answer.files);
	if (approval && answer.draftFiles !== false) await publishDraftFiles(tx, approval, message);
	const data = {
		message,
		...(answer.action ? { action: answer.action, action_on: answer.actionOn } : {}),
		approval,
		// An answer by LAPOR gets no letter of this office, and in a trial no letter gets a number.
		letter:
			by === 'lapor' || isInTrial(unit)
				? undefined
				: await storeLetter(tx, row, { message, at, writer: accountId, decidedBy }),
		single_signature: answer.singleSignature || undefined,
		final: isAnswerFinal(row) || undefined
	};
	await recordEvent(tx, row, { type: 'answered', author, public: true, data });
	return row;
}
