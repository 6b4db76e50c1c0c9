import { eq } from 'drizzle-orm';
import { fileOrder } from '#lib/server/attachments/stored-files.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { caseForActor, notDestroyed, type CaseRow } from './find.ts';
import { changeCase, refuseWhileProcessingRestricted, updateCase } from './move.ts';
import { requireSupervisor } from './visibility.ts';
import { recordEvent } from './timeline.ts';
import { deskCaseOf } from './view.ts';

export type SealedDossier = Awaited<ReturnType<typeof sealedDossier>>;

/**
 * The complete content of a restricted report, for a print that goes to the Inspektorat in a sealed envelope. It has
 * the conversation, the history and the list of all files. A withheld name is not included.
 *
 * @throws NotAllowed if the report is not restricted or the actor is not its supervisor
 * @throws Conflict `invalid-move` while processing is restricted at the reporter's request
 */
export async function sealedDossier(actor: Actor, reference: string) {
	const found = notDestroyed(await caseForActor(actor, reference));
	requirePrintable(actor, found.row);
	const [page, files] = await Promise.all([deskCaseOf(actor, found), filesOf(found.row.id)]);
	return { shown: page, files, printedBy: actor.name };
}

/**
 * Records a print on the timeline and in the audit log. Call it after the document is made and before it is sent.
 *
 * @throws NotAllowed as `sealedDossier`
 */
export const recordSealedPrint = (actor: Actor, reference: string): Promise<void> =>
	changeCase(actor, reference, undefined, async (tx, { row: before, unit }) => {
		const author = requirePrintable(actor, before);
		const row = await updateCase(tx, before);
		await recordEvent(tx, row, { type: 'sealed_print', author, public: false });
		await recordChange(tx, actor, { unitId: unit.id, action: 'case.sealed_print', subject: row.reference });
	});

function requirePrintable(actor: Actor, row: CaseRow): Actor {
	const author = requireSupervisor(actor, row);
	if (!row.restricted) throw new NotAllowed('restricted');
	refuseWhileProcessingRestricted(row);
	return author;
}

/** All files, including those of drafts and notes. */
function filesOf(caseId: number) {
	const { id, name, mediaType, bytes, sha256 } = attachments;
	return db()
		.select({ id, name, mediaType, bytes, sha256 })
		.from(attachments)
		.where(eq(attachments.caseId, caseId))
		.orderBy(fileOrder);
}
