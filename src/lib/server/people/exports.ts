import { transaction } from '#lib/server/db/index.ts';
import type { Actor } from './actor.ts';
import { recordChange } from './audit.ts';

/** Lists that can be exported; used as file name and as subject in the audit log. */
export type ExportedList =
	'inbox' | 'approvals' | 'escalations' | 'unrecorded' | 'inbound' | 'visits' | 'register' | 'case_file' | 'cases';

/** Records an export in the audit log: filter, number of rows, and whether it was complete. */
export async function recordExport(
	actor: Actor,
	unitId: string | null,
	{ list, ...taken }: { list: ExportedList; filter: Record<string, string>; rows: number; complete: boolean }
): Promise<void> {
	await transaction((tx) => recordChange(tx, actor, { unitId, action: 'list.exported', subject: list, after: taken }));
}
