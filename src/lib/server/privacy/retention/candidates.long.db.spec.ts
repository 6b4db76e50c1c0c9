import { and, eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { act, atTime, caseIn } from '#lib/dev/testing/office.ts';
import { confirmRules } from '#lib/dev/testing/retention/proposing.ts';
import { askAsReporter } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { destructionItems } from '#lib/server/db/schema/retention.ts';
import { recordChange, recordExport } from '#lib/server/people/audit.ts';
import { withdrawRequest } from '../requests/decide.ts';
import { recordRequest } from '../requests/receive.ts';
import { keepNewExceptions } from './candidates.ts';
import { changeLegalHold } from './legal-hold.ts';
import { proposeDestruction } from './proposal.ts';

const office = useOffice();

it('keeps the entries of the log and the subscriptions of a held case, also if it is held later', async () => {
	const admin = await makeActor([[office.root.id, 'admin']]);
	await confirmRules(admin, 'log', 'push');
	const old = await atTime('2023-03-01T02:00:00Z', async () => {
		const made = [await caseIn(office, 'closed'), await caseIn(office, 'closed')] as const;
		for (const { id: caseId, reference } of made) {
			const revealed = { action: 'identity.revealed' as const, subject: reference, reason: 'Perlu dihubungi.' };
			await transaction((tx) => recordChange(tx, office.handler, { unitId: office.unit.id, ...revealed }));
			const file = { list: 'case_file' as const, filter: { reference }, rows: 1, complete: true };
			await recordExport(office.handler, office.unit.id, file);
			const request = await askAsReporter(reference, { kind: 'access' });
			await withdrawRequest(caseId, { withdraw: request.id });
			const sealed = { subscriptionSealed: '', endpointHash: reference, language: 'id' as const };
			await db()
				.insert(pushSubscriptions)
				.values({ caseId, ...sealed, createdAt: now() });
		}
		return made;
	});
	const [held, other] = old.map(({ reference }) => reference) as [string, string];
	const hold = (reference: string) =>
		act(changeLegalHold, office.supervisor, reference, { action: 'hold', reason: 'Perkara di pengadilan.' });
	await hold(held);
	const id = await atTime('2029-01-02T02:00:00Z', () => proposeDestruction(admin));
	const items = () => db().select().from(destructionItems).where(eq(destructionItems.destructionId, id));
	const reasonsOf = async (reference: string) => {
		const { id: entry, subject, after } = auditEntries;
		const entries = await db()
			.select({ id: entry })
			.from(auditEntries)
			.where(
				sql`${subject} = ${reference} or ${after} -> 'filter' ->> 'reference' = ${reference}
					or ${subject} in (select number from data_requests join cases on cases.id = case_id where reference = ${reference})`
			);
		const browsers = await db().select().from(pushSubscriptions).where(eq(pushSubscriptions.endpointHash, reference));
		const ids = [...entries, ...browsers].map((one) => String(one.id));
		return (await items()).filter(({ subjectId }) => ids.includes(subjectId)).map(({ kept }) => kept);
	};
	expect(await reasonsOf(held)).toEqual(['hold', 'hold', 'hold', 'hold', 'hold']);
	expect(await reasonsOf(other)).toEqual([null, null, null, null, null]);
	await hold(other);
	const all = await items();
	await transaction((tx) => keepNewExceptions(tx, id, all));
	expect(await reasonsOf(other)).toEqual(['hold', 'hold', 'hold', 'hold', 'hold']);
});

it('proposes the name that a person gave at the counter for an anonymous report', async () => {
	const admin = await makeActor([[office.root.id, 'admin']]);
	await confirmRules(admin, 'identity');
	const { id: caseId } = await atTime('2023-03-01T02:00:00Z', async () => {
		const anonymous = await caseIn(office, 'closed', { identity: 'none' });
		const request = await recordRequest(office.handler, {
			kind: 'access',
			unit: office.unit.code,
			reference: anonymous.reference,
			submission_id: crypto.randomUUID(),
			check: 'receipt',
			check_note: 'Kode rahasianya cocok; Warga Contoh 1.'
		});
		await withdrawRequest(anonymous.id, { withdraw: request });
		return anonymous;
	});
	const id = await atTime('2029-01-02T02:00:00Z', () => proposeDestruction(admin));
	const { subjectId, destructionId } = destructionItems;
	const about = and(eq(destructionId, id), eq(subjectId, String(caseId)));
	expect(await db().$count(destructionItems, about)).toBe(1);
});
