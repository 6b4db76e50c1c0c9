import { transaction } from '../db/index.ts';
import type { Actor } from './actor.ts';
import { recordChange } from './audit.ts';

/** The lists that can be taken away; the name of the file and the subject in the log. */
export type ExportedList =
	'inbox' | 'approvals' | 'escalations' | 'unrecorded' | 'inbound' | 'visits' | 'register' | 'case_file' | 'cases';

/** Notes that somebody took a list away: by which filter, how many rows, and whether it arrived whole. */
export async function recordExport(
	actor: Actor,
	unitId: string | null,
	{ list, ...taken }: { list: ExportedList; filter: Record<string, string>; rows: number; complete: boolean }
): Promise<void> {
	await transaction((tx) => recordChange(tx, actor, { unitId, action: 'list.exported', subject: list, after: taken }));
}
