import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { escalationAttempts, escalationFiles } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { pollOrLookUp } from '#lib/server/escalation/tracking/poll.ts';
import { compactReference, referenceTag } from '#lib/text/reference-numbers.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';
import { laporStatus } from '#lib/server/escalation/tracking/lapor-status.ts';
import type { CreatePayload, FollowupToSend } from '#lib/server/integrations/lapor/types.ts';
import type { CallMade } from './crashing-worker.ts';
import { checkAlways, failIfWrong, sceneOf, storedOf, type Scene } from './invariants.ts';
import { waitForLateReports, setFaults } from './lapor-actions.ts';
import { decide, testCall } from './people.ts';
import { HOUR, MINUTE } from '../lapor.ts';
import { clock, type World } from './world.ts';
import { resume, sweep, runAllJobs } from './workers.ts';

/** Milliseconds. Retries and polls after an error come once an hour. */
const OVER_AN_HOUR = 1.2 * HOUR;

async function advance(world: World, ms: number): Promise<void> {
	await waitForLateReports(world);
	clock.now = new Date(clock.now.getTime() + ms);
	world.log.push(`${clock.now.toISOString().slice(0, 19)}  (the end: ${Math.round(ms / MINUTE)} min later)`);
	await sweep(world, undefined);
	await runAllJobs(world);
	await checkAlways(world);
}

/**
 * Advances the clock through three phases: a day with the present faults, then without faults, then after a person has
 * decided all unknown forwards. Checks after each phase what must be true.
 */
export async function runFinalPhases(world: World): Promise<void> {
	if (world.cases.length === 0) return;
	world.log.push(`(the end: frozen workers resume: ${await resume(world)})`);
	await runAllJobs(world);
	for (const hours of [1, 6, 18, 2]) await advance(world, hours * HOUR);
	failIfWrong(world, (await sceneOf(world)).rows.flatMap(wrongAfterADay));

	await setFaults(world);
	overrideEnv({ LAPOR_MODE: 'api' });
	world.log.push(`(the end: LAPOR is well, the test call ${await testCall(world)})`);
	for (let round = 0; round < 4; round++) await advance(world, OVER_AN_HOUR);
	const sceneWithoutFaults = await sceneOf(world);
	failIfWrong(world, [
		...sceneWithoutFaults.rows.flatMap(wrongWithoutFaults),
		...wrongWithFollowups(sceneWithoutFaults)
	]);

	for (const n of world.cases.keys()) world.log.push(`(the end: case ${n}: ${await decide(world, n, true)})`);
	for (let round = 0; round < 2; round++) await advance(world, OVER_AN_HOUR);
	for (const row of sceneWithoutFaults.rows) await pollOrLookUp(row.id);
	await checkAlways(world);
	const finalScene = await sceneOf(world);
	const wrong = await Promise.all(finalScene.rows.map((row) => wrongAtTheEnd(world, row, finalScene)));
	failIfWrong(world, [...wrong.flat(), ...wrongWithFollowups(finalScene)]);
}

const SETTLED_STATES: readonly EscalationRow['state'][] = ['sent', 'rejected', 'stuck', 'unknown', 'closed'];

/** A forward that still waits after a day must be stuck and must be retried. */
function wrongAfterADay(row: EscalationRow): string[] {
	if (row.mode === 'manual') return [];
	const since = clock.now.getTime() - (row.waitingSince ?? row.createdAt).getTime();
	const fresh = row.state === 'waiting' && since < 24 * HOUR;
	const next = (row.nextAttemptAt?.getTime() ?? Infinity) - clock.now.getTime();
	return [
		...(SETTLED_STATES.includes(row.state) || fresh ? [] : [`${row.reference} is ${row.state} after a day`]),
		...(row.state === 'stuck' && next > 25 * HOUR ? [`${row.reference} is stuck and not tried within a day`] : [])
	];
}

const wrongWithoutFaults = (row: EscalationRow): string[] =>
	row.mode === 'manual' || ['sent', 'rejected', 'unknown', 'closed'].includes(row.state)
		? []
		: [`${row.reference} is still ${row.state} (${row.reasonCode}) though LAPOR is well`];

/**
 * Every follow-up that can be sent must have been sent, none may wait for a forward that was replaced, and every message
 * since a forward must have a follow-up.
 */
const wrongWithFollowups = (scene: Scene): string[] => [
	...unsentFollowups(scene).map(({ content }) => `"${content}" is not sent though LAPOR is well`),
	...orphanedFollowups(scene).map(({ content }) => `"${content}" belongs to a forward that was replaced`),
	...messagesWithoutFollowup(scene).map(({ type, seq }) => `entry ${seq} (${type}) has no follow-up`)
];

const forwardOf = ({ rows }: Scene, { escalationId }: Scene['followups'][number]) =>
	rows.find(({ id }) => id === escalationId);

/** Follow-ups that wait although LAPOR has the report. */
const unsentFollowups = (scene: Scene) =>
	scene.followups.filter((followup) => {
		const row = forwardOf(scene, followup);
		return row?.mode === 'api' && row.laporId !== null && ['waiting', 'sending'].includes(followup.state);
	});

/** Follow-ups that wait for a closed forward although the case has a later one. */
const orphanedFollowups = (scene: Scene) =>
	scene.followups.filter((followup) => {
		const row = forwardOf(scene, followup);
		const later = scene.rows.find(({ caseId, nn }) => caseId === row?.caseId && nn > row.nn);
		return followup.state === 'waiting' && row?.laporId === null && row.state === 'closed' && later !== undefined;
	});

/**
 * Messages that should have a follow-up. If the worker died with the job of a message, the next poll queues the
 * follow-up. An `unknown` forward is not polled until a person has decided, so it is left out.
 */
const messagesWithoutFollowup = ({ rows, entries, followups }: Scene) =>
	entries.filter((entry) => {
		const { caseId, seq } = entry;
		const ownRows = rows.filter((row) => row.caseId === caseId);
		if (!isMessage(entry) || ownRows.at(-1)?.state === 'unknown' || !hadForwardAt(entries, ownRows, caseId, seq))
			return false;
		return !followups.some((one) => one.eventSeq === seq && ownRows.some(({ id }) => id === one.escalationId));
	});

/** Whether an entry has a text that LAPOR gets as a follow-up. */
const isMessage = ({ type, public: isPublic, actorKind, data }: Scene['entries'][number]): boolean =>
	['answered', 'message', 'disputed'].includes(type) && isPublic && actorKind !== 'lapor' && Boolean(data.message);

/**
 * Whether the case had a forward that was neither rejected nor closed without a number when an entry was made. Computed
 * from the entries before it.
 */
function hadForwardAt(
	entries: Scene['entries'],
	ownRows: readonly EscalationRow[],
	caseId: number,
	seq: number
): boolean {
	const before = entries.filter((entry) => entry.caseId === caseId && entry.seq < seq);
	return ownRows.some(({ id, laporId }) => {
		const ownTypes = before.filter(({ data }) => data.escalation === id).map(({ type }) => type);
		const ended =
			ownTypes.includes('escalation_rejected') || (ownTypes.includes('escalation_closed') && laporId === null);
		return ownTypes.length > 0 && !ended;
	});
}

async function wrongAtTheEnd(world: World, row: EscalationRow, scene: Scene): Promise<string[]> {
	const { reference, state } = row;
	if (row.mode === 'manual') return [];
	const stored = storedOf(row, scene);
	const wrong = [
		...(['sent', 'rejected', 'closed'].includes(state) ? [] : [`${reference} is ${state} at the very end`]),
		...(await wrongWithAttempts(world, row))
	];
	if (!row.laporId) return wrong;
	const report = stored.find(({ id }) => String(id) === row.laporId);
	if (!report) return [...wrong, `${reference} has number ${row.laporId}, which LAPOR does not have for it`];
	const known = laporStatus(report.statusName) !== undefined;
	return [
		...wrong,
		...(known && row.laporStatus !== report.statusName
			? [`${reference} shows ${row.laporStatus}, LAPOR says ${report.statusName}`]
			: []),
		...(stored.length === 1 ? await wrongWithFiles(row, report) : [])
	];
}

/** Whether a call was made for this forward, judged by the call's arguments. */
function isAbout(row: EscalationRow, { about, method, args: [firstArgument] }: CallMade): boolean {
	if (method === 'createComplaint') return (firstArgument as CreatePayload).tags_raw === referenceTag(row.reference);
	if (method === 'addFollowup') return (firstArgument as FollowupToSend).complaintId === row.laporId;
	// A look-up for another forward also searches for a known report. That search is not recorded as an attempt.
	return method === 'lookup' && about.includes(row.id) && firstArgument === compactReference(row.reference);
}

/** Every call must be recorded as an attempt. If its worker crashed, the recovery must have recorded it. */
async function wrongWithAttempts(world: World, row: EscalationRow): Promise<string[]> {
	const attempts = await db().select().from(escalationAttempts).where(eq(escalationAttempts.escalationId, row.id));
	const callCount = (method: string, onlyRead = false) =>
		world.calls.filter((call) => isAbout(row, call) && call.method === method && (call.responseRead || !onlyRead))
			.length;
	const rows = (step: string) => attempts.filter((attempt) => attempt.step === step).length;
	const uploaded = attempts.filter(({ step, outcome }) => step === 'upload' && outcome === 'uploaded').length;
	const files = await db().select().from(escalationFiles).where(eq(escalationFiles.escalationId, row.id));
	return [
		rows('create') < callCount('createComplaint') &&
			`${row.reference}: ${callCount('createComplaint')} creates, ${rows('create')} attempts`,
		rows('followup') < callCount('addFollowup') &&
			`${row.reference}: ${callCount('addFollowup')} follow-ups, ${rows('followup')} attempts`,
		rows('lookup') < callCount('lookup', true) &&
			!world.interrupted.has(row.id) &&
			`${row.reference}: ${callCount('lookup')} look-ups, ${rows('lookup')} attempts`,
		uploaded > files.length &&
			!world.interrupted.has(row.id) &&
			`${row.reference}: ${files.length} photos, ${uploaded} uploads that went well`
	].filter((wrong) => typeof wrong === 'string');
}

/** The report must contain exactly the files whose ids were stored. */
async function wrongWithFiles(row: EscalationRow, { payload }: Scene['reports'][number]): Promise<string[]> {
	const files = await db().select().from(escalationFiles).where(eq(escalationFiles.escalationId, row.id));
	const expectedFiles = files.filter(({ leftOut }) => leftOut === null).map(({ remoteId }) => remoteId ?? 'none');
	const sent = typeof payload.attachments === 'string' ? (payload.attachments.match(/\d+/g) ?? []) : [];
	const same = expectedFiles.toSorted().join() === [...sent].toSorted().join();
	return same ? [] : [`${row.reference}: LAPOR has the files ${sent.join()} instead of ${expectedFiles.join()}`];
}
