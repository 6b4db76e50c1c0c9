import { isDeepStrictEqual } from 'node:util';
import { decryptReporter, type Reporter } from '#lib/server/cases/reporter.ts';
import { encryptText } from '#lib/server/keys.ts';
import type { Forward } from '../rows.ts';

/** The identity that a person confirmed. `own`: the case's values at that time, which show what was corrected since. */
interface Confirmed extends Reporter {
	own?: Reporter | null;
}

const seal = (confirmed: Confirmed): Promise<string> => encryptText(JSON.stringify(confirmed));

/** The encrypted identity of a new forward of a case. */
export const sealIdentity = async (identity: Reporter, reporterSealed: string | null): Promise<string> =>
	seal({ ...identity, own: await decryptReporter(reporterSealed) });

/** Returns the identity that a person confirmed, and `present`: the same with the values corrected in the case since. */
async function identitiesOf({ escalation, row }: Pick<Forward, 'escalation' | 'row'>) {
	const confirmed: Confirmed | null = await decryptReporter(escalation.identitySealed);
	const own = await decryptReporter(row.reporterSealed);
	if (!confirmed || !own) return { confirmed, present: confirmed };
	const value = (field: keyof Reporter) =>
		own[field] === confirmed.own?.[field] ? confirmed[field] : (own[field] ?? confirmed[field]);
	return { confirmed, present: { name: value('name'), email: value('email'), phone: value('phone'), own } };
}

/**
 * The identity of a forward for its next attempt. A value that was corrected in the case replaces the confirmed one,
 * even if the confirmed value was typed for this forward only. A value that was removed from the case stays.
 */
export const presentIdentity = async (forward: Pick<Forward, 'escalation' | 'row'>) =>
	(await identitiesOf(forward)).present;

/** The changed column of an unsent forward whose reporter was corrected; empty if nothing was corrected. */
export async function correctedIdentity(forward: Pick<Forward, 'escalation' | 'row'>) {
	const { confirmed, present } = await identitiesOf(forward);
	return present && !isDeepStrictEqual(present, confirmed) ? { identitySealed: await seal(present) } : {};
}
