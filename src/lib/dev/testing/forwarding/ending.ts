import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { escalationAttempts, escalationFiles } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { receive } from '#lib/server/escalation/tracking/receive.ts';
import { compactReference, referenceTag } from '#lib/text/reference.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';
import { laporStatus } from '#lib/server/escalation/tracking/lapor-status.ts';
import type { CreatePayload, FollowupToSend } from '#lib/server/integrations/lapor/types.ts';
import type { CallMade } from './crashing-worker.ts';
import { checkAlways, insist, sceneOf, storedOf, type Scene } from './invariants.ts';
import { letLateOnesIn, setFaults } from './lapor-side.ts';
import { decide, testCall } from './people.ts';
import { clock, HOUR, MINUTE, type World } from './world.ts';
import { resume, sweep, workOff } from './workers.ts';

async function letTimePass(world: World, ms: number): Promise<void> {
	await letLateOnesIn(world);
	clock.now = new Date(clock.now.getTime() + ms);
	world.log.push(`${clock.now.toISOString().slice(0, 19)}  (the end: ${Math.round(ms / MINUTE)} min later)`);
	await sweep(world, undefined);
	await workOff(world);
	await checkAlways(world);
}

/**
 * Lets the clock run until nothing moves any more: a day with the present faults, then without faults, then with a person who
 * decides what is unknown. Checks after each what must be true by then.
 */
export async function bringToEnd(world: World): Promise<void> {
	if (world.cases.length === 0) return;
	world.log.push(`(the end: frozen workers resume: ${await resume(world)})`);
	await workOff(world);
	for (const hours of [1, 6, 18, 2]) await letTimePass(world, hours * HOUR);
	insist(world, (await sceneOf(world)).rows.flatMap(wrongAfterADay));

	await setFaults(world);
	overrideEnv({ LAPOR_MODE: 'api' });
	world.log.push(`(the end: LAPOR is well, the test call ${await testCall(world)})`);
	for (const hours of [1.2, 1.2, 1.2, 1.2]) await letTimePass(world, hours * HOUR);
	const settled = await sceneOf(world);
	insist(world, [...settled.rows.flatMap(wrongWhenWell), ...wrongWithSayings(settled)]);

	for (const n of world.cases.keys()) world.log.push(`(the end: case ${n}: ${await decide(world, n, true)})`);
	for (const hours of [1.2, 1.2]) await letTimePass(world, hours * HOUR);
	for (const row of settled.rows) await receive(row.id);
	await checkAlways(world);
	const last = await sceneOf(world);
	const wrong = await Promise.all(last.rows.map((row) => wrongAtTheEnd(world, row, last)));
	insist(world, wrong.flat());
}

const SETTLED: readonly EscalationRow['state'][] = ['sent', 'rejected', 'stuck', 'unknown', 'closed'];

/** A forward that still waits after a day must be stuck, with a reason, and be tried again. */
function wrongAfterADay(row: EscalationRow): string[] {
	if (row.mode === 'manual') return [];
	const since = clock.now.getTime() - (row.waitingSince ?? row.createdAt).getTime();
	const fresh = row.state === 'waiting' && since < 24 * HOUR;
	const next = (row.nextAttemptAt?.getTime() ?? Infinity) - clock.now.getTime();
	return [
		...(SETTLED.includes(row.state) || fresh ? [] : [`${row.reference} is ${row.state} after a day`]),
		...(row.state === 'stuck' && next > 25 * HOUR ? [`${row.reference} is stuck and not tried within a day`] : [])
	];
}

const wrongWhenWell = (row: EscalationRow): string[] =>
	row.mode === 'manual' || ['sent', 'rejected', 'unknown', 'closed'].includes(row.state)
		? []
		: [`${row.reference} is still ${row.state} (${row.reasonCode}) though LAPOR is well`];

/** What was said to the reporter since the forward must follow it to LAPOR, and what can be sent must have been sent. */
function wrongWithSayings({ rows, entries, followups }: Scene): string[] {
	const held = followups.filter(({ escalationId, state }) => {
		const row = rows.find(({ id }) => id === escalationId);
		return row?.mode === 'api' && row.laporId !== null && (state === 'waiting' || state === 'sending');
	});
	const stranded = followups.filter(({ escalationId, state }) => {
		const row = rows.find(({ id }) => id === escalationId);
		const later = rows.find(({ caseId, nn }) => caseId === row?.caseId && nn > row.nn);
		return state === 'waiting' && row?.laporId === null && row.state === 'closed' && later !== undefined;
	});
	const unheard = entries.filter(({ caseId, seq, type, public: isPublic, actorKind, data }) => {
		const says =
			['answered', 'message', 'disputed'].includes(type) && isPublic && actorKind !== 'lapor' && data.message;
		if (!says) return false;
		const own = rows.filter((row) => row.caseId === caseId);
		const standing = followedAt(entries, own, caseId, seq);
		return standing && !followups.some((one) => one.eventSeq === seq && own.some(({ id }) => id === one.escalationId));
	});
	return [
		...held.map(({ content }) => `"${content}" is not sent though LAPOR is well`),
		...stranded.map(({ content }) => `"${content}" stays behind with a forward that was replaced`),
		...unheard.map(({ type, seq }) => `entry ${seq} (${type}) has not followed its report`)
	];
}

/** Whether a forward stood when an entry was made, by the entries before it: one that LAPOR did not refuse. */
function followedAt(entries: Scene['entries'], own: readonly EscalationRow[], caseId: number, seq: number): boolean {
	const before = entries.filter((entry) => entry.caseId === caseId && entry.seq < seq);
	return own.some(({ id, laporId }) => {
		const mine = before.filter(({ data }) => data.escalation === id).map(({ type }) => type);
		const ended = mine.includes('escalation_rejected') || (mine.includes('escalation_closed') && laporId === null);
		return mine.length > 0 && !ended;
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

/** Whether a call was made for a forward, by what it carried. */
function isAbout(row: EscalationRow, { method, args: [given] }: CallMade): boolean {
	if (method === 'createComplaint') return (given as CreatePayload).tags_raw === referenceTag(row.reference);
	if (method === 'addFollowup') return (given as FollowupToSend).complaintId === row.laporId;
	return method === 'lookup' && given === compactReference(row.reference);
}

/** Every call is in the attempts; if its worker crashed, the recovery has noted it. */
async function wrongWithAttempts(world: World, row: EscalationRow): Promise<string[]> {
	const attempts = await db().select().from(escalationAttempts).where(eq(escalationAttempts.escalationId, row.id));
	const made = (method: string, heardOnly = false) =>
		world.calls.filter((call) => isAbout(row, call) && call.method === method && (call.heard || !heardOnly)).length;
	const rows = (step: string) => attempts.filter((attempt) => attempt.step === step).length;
	const uploaded = attempts.filter(({ step, outcome }) => step === 'upload' && outcome === 'uploaded').length;
	const files = await db().select().from(escalationFiles).where(eq(escalationFiles.escalationId, row.id));
	return [
		rows('create') < made('createComplaint') &&
			`${row.reference}: ${made('createComplaint')} creates, ${rows('create')} attempts`,
		rows('followup') < made('addFollowup') &&
			`${row.reference}: ${made('addFollowup')} follow-ups, ${rows('followup')} attempts`,
		rows('lookup') < made('lookup', true) &&
			!world.interrupted.has(row.id) &&
			`${row.reference}: ${made('lookup')} look-ups, ${rows('lookup')} attempts`,
		uploaded > files.length &&
			!world.interrupted.has(row.id) &&
			`${row.reference}: ${files.length} photos, ${uploaded} uploads that went well`
	].filter((wrong) => typeof wrong === 'string');
}

/** The report carries the files whose ids were kept, all of them. */
async function wrongWithFiles(row: EscalationRow, { payload }: Scene['reports'][number]): Promise<string[]> {
	const files = await db().select().from(escalationFiles).where(eq(escalationFiles.escalationId, row.id));
	const kept = files.filter(({ leftOut }) => leftOut === null).map(({ remoteId }) => remoteId ?? 'none');
	const sent = typeof payload.attachments === 'string' ? (payload.attachments.match(/\d+/g) ?? []) : [];
	const same = kept.toSorted().join() === [...sent].toSorted().join();
	return same ? [] : [`${row.reference}: LAPOR has the files ${sent.join()}, kept are ${kept.join()}`];
}
