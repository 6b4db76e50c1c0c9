import type { Tx } from '#lib/server/db/index.ts';
import { findTarget } from '../connection/institutions.ts';
import { idOf, laporIdsOf } from '../connection/report-settings.ts';
import { factsOfRow } from '../forward/compose.ts';
import type { Forward } from '../rows.ts';

/** The institution to which a report was forwarded, by default the office's own. Both values can be unknown. */
export async function targetOf(
	tx: Tx,
	{ escalation, unit }: Forward
): Promise<{ id: string | undefined; name: string | undefined }> {
	const id = (factsOfRow(escalation).institutionId ?? idOf(await laporIdsOf(unit), 'institution'))?.toString();
	return { id, name: escalation.institution ?? (id && (await findTarget(tx, id)).name) };
}
