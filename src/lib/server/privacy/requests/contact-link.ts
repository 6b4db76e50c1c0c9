import { and, eq, gt } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { NotFound } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { endRequest } from './decide.ts';
import { useNewContact } from './grant.ts';

const confirming = async (on: Database | Tx, token: string) => {
	const isLink = and(eq(dataRequests.confirmHash, sha256Hex(token)), gt(dataRequests.dueAt, now()));
	const [found] = await on
		.select({ request: dataRequests, reference: cases.reference })
		.from(dataRequests)
		.innerJoin(cases, eq(cases.id, dataRequests.caseId))
		.where(and(isLink, eq(dataRequests.state, 'confirming')));
	if (!found) throw new NotFound('no contact waits for this link');
	return found;
};

/**
 * The request that a link confirms: its number and that of the report. Opening the link changes nothing, because mail
 * scanners open every link. @throws NotFound after the deadline and for a used link
 */
export async function contactToConfirm(token: string): Promise<{ number: string; reference: string }> {
	const { request, reference } = await confirming(db(), token);
	return { number: request.number, reference };
}

/** Confirms a new contact through the former e-mail address, and uses it from now on. @throws NotFound as above */
export async function confirmContact(token: string): Promise<void> {
	await transaction(async (tx) => {
		const { request } = await confirming(tx, token);
		const about = await lockCase(tx, request.caseId ?? 0);
		const ended = await endRequest(tx, request, request.version, { state: 'granted' });
		const row = await useNewContact(tx, ended, about);
		const data = { number: ended.number, kind: ended.kind, outcome: 'granted' };
		await recordEvent(tx, row, { type: 'data_decided', author: 'reporter', public: true, data });
		const { number: subject, kind } = ended;
		const unitId = row.handlingUnitId;
		await recordChange(tx, null, { unitId, action: 'data_request.granted', subject, after: { kind, by: 'link' } });
	});
}
