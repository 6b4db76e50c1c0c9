import { openReporter, type Reporter } from '#lib/server/cases/reporter.ts';
import { encryptText } from '#lib/server/keys.ts';
import type { Forward } from '../rows.ts';

/** The identity that a person confirmed. `own`: the case's values at that time, which show what was corrected since. */
interface Confirmed extends Reporter {
	own?: Reporter | null;
}

const seal = (confirmed: Confirmed): Promise<string> => encryptText(JSON.stringify(confirmed));

/** The encrypted identity of a new forward of a case. */
export const sealIdentity = async (identity: Reporter, reporterSealed: string | null): Promise<string> =>
	seal({ ...identity, own: await openReporter(reporterSealed) });

/**
 * The identity of a forward for its next attempt. A value that was corrected in the case replaces the confirmed one, also
 * if a person had typed that one for this forward.
 */
export async function presentIdentity({ escalation, row }: Pick<Forward, 'escalation' | 'row'>) {
	const confirmed: Confirmed | null = await openReporter(escalation.identitySealed);
	const own = await openReporter(row.reporterSealed);
	if (!confirmed || !own) return confirmed;
	const present = (field: keyof Reporter) =>
		own[field] === confirmed.own?.[field] ? confirmed[field] : (own[field] ?? confirmed[field]);
	return { name: present('name'), email: present('email'), phone: present('phone'), own };
}

/** The changed column of an unsent forward whose reporter was corrected; empty if its identity is the present one. */
export async function correctedIdentity(forward: Pick<Forward, 'escalation' | 'row'>) {
	const confirmed = await openReporter(forward.escalation.identitySealed);
	const present = await presentIdentity(forward);
	const isSame = JSON.stringify(present) === JSON.stringify(confirmed);
	return present && !isSame ? { identitySealed: await seal(present) } : {};
}
