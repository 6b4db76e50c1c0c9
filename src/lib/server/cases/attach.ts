import { attachFiles, originalsOf, type SentFile } from '#lib/server/attachments/keep.ts';
import { transaction } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockCaseForActor, type CaseRow } from './find.ts';
import { withKeptFiles } from './conversation/message.ts';
import { updateCase } from './move.ts';
import { openedLately } from './scope.ts';
import { recordEvent } from './timeline.ts';

/**
 * Adds files to a case for its reporter, for the system that opened the report. For a day this also works for a case that its
 * account may not see.
 */
export async function attachToCase(actor: Actor, reference: string, files: readonly SentFile[]): Promise<CaseRow> {
	if (files.length === 0) throw new Invalid([{ path: 'file', code: 'file_missing' }]);
	return withKeptFiles(files, 'citizen', (kept) =>
		transaction(async (tx) => {
			const { row: before } = await lockCaseForActor(tx, actor, reference, openedLately(actor));
			const row = await updateCase(tx, before, {});
			await attachFiles(tx, kept, { caseId: row.id, public: true });
			const data = { files: kept.length, ...originalsOf(kept) };
			await recordEvent(tx, row, { type: 'attached', author: actor, public: true, data });
			return row;
		})
	);
}
