import { eq, inArray, sql } from 'drizzle-orm';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import { letterNumber } from '#lib/text/reference.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { letterNumbers, letters, type Signer } from '#lib/server/db/schema/answers.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import type { CaseRow } from '../find.ts';

/**
 * Stores the letter of a published answer: the next number of the answering office and year, and the signatories' names and
 * positions of that day. The counter's row stays locked until the caller commits, and a rollback returns the number, so the
 * register has no gaps (docs/decisions/0014).
 *
 * @param signedBy accounts, the writer first
 * @returns the number as it stands on the letter
 */
export async function takeLetter(
	tx: Tx,
	row: Pick<CaseRow, 'id' | 'handlingUnitId'>,
	answer: { message: string; at: Date; signedBy: readonly string[] }
): Promise<string> {
	const [unit] = await tx.select().from(units).where(eq(units.id, row.handlingUnitId));
	if (!unit) throw new Error('the office that answers vanished');
	const year = yearOf(localDate(answer.at, unit.timeZone));
	const [counter] = await tx
		.insert(letterNumbers)
		.values({ unitId: unit.id, year, last: 1 })
		.onConflictDoUpdate({
			target: [letterNumbers.unitId, letterNumbers.year],
			set: { last: sql`${letterNumbers.last} + 1` }
		})
		.returning({ last: letterNumbers.last });
	const number = counter?.last ?? 1;
	await tx.insert(letters).values({
		messageId: answer.message,
		caseId: row.id,
		unitId: unit.id,
		year,
		number,
		at: answer.at,
		signers: await signersOf(tx, answer.signedBy)
	});
	return letterNumber({ number, unit: unit.code, year });
}

/** Names, and the positions of those who are also officers. */
async function signersOf(tx: Tx, ids: readonly string[]): Promise<Signer[]> {
	if (ids.length === 0) return [];
	const people = await tx
		.select({ id: accounts.id, name: accounts.name, position: officers.position })
		.from(accounts)
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(inArray(accounts.id, [...ids]));
	return ids.flatMap((id) => people.filter((one) => one.id === id).map(({ name, position }) => ({ name, position })));
}
