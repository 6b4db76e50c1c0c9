import { expect, test } from 'vitest';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { act, entriesOf, lastEntry, readCase, rowsOfCase, seenByReporter } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { classifyCase, verifyCase } from '#lib/server/cases/handling/verify.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { previewEscalation } from './compose.ts';
import { escalateCase } from './forward.ts';

const office = useOffice();

const REASON = 'Bukan suap: pelapor mengeluhkan lamanya antrean.';
const FORWARD_REASON = 'Perlu dicatat di SP4N-LAPOR!';
const time = { category: 'time', class: 'plain', priority: 'normal' };
const forward = (actor: Actor, reference: string) => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	return act(escalateCase, actor, reference, { purpose: 'record', reason: FORWARD_REASON });
};
const second = { issues: [{ path: '', code: 'escalation_second_supervisor' }] };

/** A report that came as integrity, and whose category the supervisor above changed. */
async function formerlyIntegrity(): Promise<string> {
	const { reference } = await makeCase(office.unit, { category: 'integrity' });
	await act(verifyCase, office.rootSupervisor, reference, { ...time, reason: REASON });
	return reference;
}

test('a report that came as integrity changes its category only with a reason, which the reporter reads', async () => {
	const { reference } = await makeCase(office.unit, { category: 'integrity' });
	const missing = { issues: [{ path: 'reason', code: 'reason_missing' }] };
	await expect(act(verifyCase, office.rootSupervisor, reference, time)).rejects.toMatchObject(missing);
	await act(verifyCase, office.rootSupervisor, reference, { ...time, category: 'integrity' });
	await expect(act(classifyCase, office.rootSupervisor, reference, time)).rejects.toMatchObject(missing);
	await act(classifyCase, office.rootSupervisor, reference, { ...time, reason: REASON });
	expect(await readCase(reference)).toMatchObject({ category: 'time', restricted: true });
	expect((await seenByReporter(reference)).entries.at(-1)).toMatchObject({
		type: 'classified',
		data: { category: 'time', reason: REASON }
	});
});

test('the supervisor who removed the category integrity can’t forward the report to SP4N-LAPOR!', async () => {
	const reference = await formerlyIntegrity();
	await expect(forward(office.rootSupervisor, reference)).rejects.toMatchObject(second);
	const preview = await previewEscalation(office.rootSupervisor, reference, { purpose: 'record' });
	expect(preview.barred).toBe('second_supervisor');
	// Neither a further change of the category nor a way around it helps.
	await act(classifyCase, office.rootSupervisor, reference, { ...time, category: 'cost' });
	await expect(forward(office.rootSupervisor, reference)).rejects.toMatchObject(second);
	expect(await rowsOfCase(escalations, reference)).toEqual([]);
});

test('a part that is split off from such a report is not forwarded by the same person either', async () => {
	const { reference } = await makeCase(office.unit, { category: 'integrity' });
	const body = 'Petugas loket dua meminta uang kepada saya.';
	const part = { kind: 'complaint', title: 'Antrean', body, submission_id: crypto.randomUUID() };
	const of = await act(splitCase, office.rootSupervisor, reference, part);
	await act(verifyCase, office.rootSupervisor, of, time);
	await expect(forward(office.rootSupervisor, of)).rejects.toMatchObject(second);
});

test('another supervisor may forward a report with a wrongly chosen category, and the timeline names this person', async () => {
	const reference = await formerlyIntegrity();
	const other = await makeActor([[office.root.id, 'supervisor']]);
	expect((await previewEscalation(other, reference, { purpose: 'record' })).barred).toBeUndefined();
	await forward(other, reference);
	expect(await lastEntry(reference, 'escalation_waiting')).toMatchObject({
		actorId: other.accountId,
		data: { was_integrity_lifted: true }
	});
	expect(await rowsOfCase(escalations, reference)).toMatchObject([{ purposeReason: FORWARD_REASON }]);
	expect((await entriesOf(reference)).filter(({ data }) => data.was_integrity)).toMatchObject([
		{ type: 'verified', actorId: office.rootSupervisor.accountId, data: { reason: REASON } }
	]);
});

test('the reporter of such a report does not read the internal reason of the forward', async () => {
	const reference = await formerlyIntegrity();
	await forward(await makeActor([[office.root.id, 'supervisor']]), reference);
	const seen = await seenByReporter(reference);
	expect(seen.entries.map(({ type }) => type)).toContain('escalation_waiting');
	expect(JSON.stringify(seen)).not.toMatch(/was_integrity_lifted|Perlu dicatat/);
});
