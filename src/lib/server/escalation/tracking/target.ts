import type { Tx } from '#lib/server/db/index.ts';
import { findTarget } from '../connection/institutions.ts';
import { idOf, laporIdsOf } from '../connection/report-settings.ts';
import { factsOfRow } from '../forward/compose.ts';
import type { Forward } from '../rows.ts';

type Target = Pick<Forward, 'escalation' | 'unit'>;

/** LAPOR's id of the institution to which a report was forwarded, by default the office's own; undefined if unknown. */
export async function targetIdOf({ escalation, unit }: Target): Promise<string | undefined> {
	return (factsOfRow(escalation).institutionId ?? idOf(await laporIdsOf(unit), 'institution'))?.toString();
}

/** The name of that institution at LAPOR; undefined if unknown. */
export async function targetNameOf(tx: Tx, forward: Target): Promise<string | undefined> {
	const { institution } = forward.escalation;
	const id = institution ? undefined : await targetIdOf(forward);
	return institution ?? (id && (await findTarget(tx, id)).name);
}
