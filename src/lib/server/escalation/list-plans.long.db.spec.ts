import { beforeAll, expect, test } from 'vitest';
import { countTodo, escalationCounts, listEscalations } from './list.ts';
import { listUnrecorded } from './unrecorded.ts';
import { makeOffice, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';
import { copyCases, manyForwards } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';

useLapor();

let office: Awaited<ReturnType<typeof makeOffice>>;
beforeAll(async () => {
	const others = await makeOffice();
	await copyCases((await verifiedCase(others)).id, 20_000);
	office = await makeOffice();
	await copyCases((await verifiedCase(office)).id, 20_000);
	const finished = { state: 'closed', closed_at: new Date().toISOString(), next_attempt_at: null };
	await manyForwards(others, 20_000, finished);
	await manyForwards(office, 1500, finished);
	const quiet = { mode: 'manual', state: 'sent', sent_at: '2026-01-01T00:00:00Z', next_attempt_at: null };
	await manyForwards(office, 500, quiet);
});

test.each([
	['all', () => listEscalations(office.actor, {})],
	['one state', () => listEscalations(office.actor, { state: 'sent' })],
	['closed', () => listEscalations(office.actor, { state: 'closed' })],
	['waiting for a person', () => listEscalations(office.actor, { todo: true })],
	['without news', () => listEscalations(office.actor, { quiet: true })],
	['the count in the inbox', () => countTodo(office.actor)],
	['complaints that are not at LAPOR', () => listUnrecorded(office.actor, { view: 'choice' })]
])('a list of forwards does not scan the tables of cases and forwards: %s', async (_, work) => {
	expect(await scannedBy(work, ['cases', 'escalations'])).toEqual([]);
});

test('the counts of forwards do not scan the table of cases', async () => {
	expect(await scannedBy(() => escalationCounts(office.actor), ['cases'])).toEqual([]);
});

test('the counts cover all open forwards and up to a thousand closed ones', async () => {
	const { states, quiet } = await escalationCounts(office.actor);
	expect(states.sent?.count).toBe(500);
	expect(quiet).toBe(500);
	expect(states.closed).toEqual({ count: 1000, more: true, oldest: null, mode: null });
});
