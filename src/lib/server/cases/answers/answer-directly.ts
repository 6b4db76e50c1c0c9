import { directAnswerInput } from '#lib/cases/schema.ts';
import { needsSecondPerson } from '#lib/cases/status.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { answerWithin } from './answer.ts';
import { assignWithin } from '../handling/assign.ts';
import { lockCaseForActor, type CaseRow } from '../find.ts';
import { withKeptFiles, type AtDesk } from '../conversation/message.ts';
import { requireVersion } from '../move.ts';
import { verifyWithin } from '../handling/verify.ts';

/**
 * "Jawab langsung": verifies, assigns to the writer and answers in one commit. Uses the same three moves, each with its own
 * timeline entry and version.
 *
 * @throws Conflict if the case is a complaint or no longer `received`
 */
export async function answerDirectly(
	actor: Actor,
	reference: string,
	raw: unknown,
	{ files }: AtDesk
): Promise<CaseRow> {
	const input = checked(directAnswerInput, raw);
	return withKeptFiles(files, 'office', (kept) =>
		transaction(async (tx) => {
			const found = await lockCaseForActor(tx, actor, reference);
			const { row, unit } = found;
			await requireVersion(tx, row, input.version);
			if (needsSecondPerson(row.kind)) {
				throw new Conflict('invalid-move', { status: row.status, version: row.version, reason: 'not_direct' });
			}
			const { category, priority } = input;
			const kind = row.kind === 'information_request' ? 'information' : 'plain';
			const verified = await verifyWithin(tx, actor, found, { category, class: kind, priority });
			const assigned = await assignWithin(tx, actor, { row: verified, unit }, actor.accountId);
			return answerWithin(tx, actor, { row: assigned, unit }, { input, kept, evidence: true });
		})
	);
}
