import { asc, type SQL } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { openContent } from '../requests/register.ts';
import { snakeCaseKeys } from './snake-case-keys.ts';

/**
 * Requests about the data of a person for the copy, the oldest first.
 * @param withWords false: at the counter, because what the reporter said may contain the name that the report withholds
 */
export async function copiedRequests(which: SQL, withWords = true) {
	const { receivedAt, number } = dataRequests;
	const rows = await db().select().from(dataRequests).where(which).orderBy(asc(receivedAt), asc(number));
	const nothing = { words: null, email: null, phone: null, person: null };
	return Promise.all(
		rows.map(async ({ contentSealed, ...row }) => ({
			...snakeCaseKeys(row),
			...nothing,
			...(withWords ? await openContent(contentSealed) : {}),
			left_out: !withWords && contentSealed !== ''
		}))
	);
}
