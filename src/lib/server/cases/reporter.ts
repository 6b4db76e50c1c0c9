import { z } from 'zod';
import type { CaseInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { Invalid } from '#lib/server/errors.ts';
import { decryptText, encryptText, keyedHex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { changeCase, requireUnlimited, updateCase } from './move.ts';
import { recordEvent } from './timeline.ts';

/** Name and contact of the reporter. Missing values are null. */
export interface Reporter {
	name: string | null;
	email: string | null;
	phone: string | null;
}

/**
 * The columns of the reporter: the encrypted data, and a keyed hash that recognises the same person. null for identity
 * `none`.
 */
export async function reporterColumns(input: Pick<CaseInput, 'identity' | 'reporter'>) {
	if (input.identity === 'none' || !input.reporter) return { reporterSealed: null, reporterHash: null };
	const { name, email, phone } = input.reporter;
	const reporter: Reporter = { name: name ?? null, email: email ?? null, phone: phone ?? null };
	const contact = phone ? national(phone) : email?.toLowerCase();
	return {
		reporterSealed: await encryptText(JSON.stringify(reporter)),
		reporterHash: contact ? keyedHex('identity', contact) : null
	};
}

/** Normalises a phone number: 0812…, 62812… and +62812… are the same. */
function national(phone: string): string {
	return phone.replace(/^(\+62|62|0)/, '0');
}

export async function openReporter(sealed: string | null): Promise<Reporter | null> {
	return sealed ? (JSON.parse(await decryptText(sealed)) as Reporter) : null;
}

const revealInput = z.object({
	reason: z.string({ error: 'reason_missing' }).trim().min(10, 'reason_short').max(1000, 'reason_long')
});

/**
 * Reveals a withheld identity for a written reason. The tracking page shows this to the reporter, and the audit log
 * records it.
 */
export async function revealReporter(actor: Actor, reference: string, raw: unknown): Promise<Reporter> {
	const { reason } = checked(revealInput, raw);
	return changeCase(actor, reference, undefined, async (tx, { row: before, unit }) => {
		requireUnlimited(before);
		const reporter = await openReporter(before.reporterSealed);
		if (before.identity !== 'withheld' || !reporter) throw new Invalid([{ path: '', code: 'nothing_withheld' }]);
		const row = await updateCase(tx, before);
		await recordEvent(tx, row, { type: 'revealed', author: actor, public: true, data: { reason } });
		await recordChange(tx, actor, { unitId: unit.id, action: 'identity.revealed', subject: row.reference, reason });
		return reporter;
	});
}
