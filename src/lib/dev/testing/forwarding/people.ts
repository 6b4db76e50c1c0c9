import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { testConnection } from '#lib/server/escalation/connection/connection.ts';
import { escalateCase, resendEscalation } from '#lib/server/escalation/forward/forward.ts';
import { setManualStatus, resolveEscalation, settleFollowup } from '#lib/server/escalation/decisions.ts';
import { mapStatusName } from '#lib/server/escalation/tracking/unknown-status-names.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';
import { caseOf, clock, followupsOf, latestForward, tried, uniqueText, type World } from './world.ts';
import { settlePresentTask } from './present-task.ts';
import { verifiedCase } from '../lapor.ts';
import { phonePhoto } from '../photos.ts';

const REASON = 'Perlu dicatat di SP4N-LAPOR!';

let picture: Promise<Buffer> | undefined;
async function photos(count: number) {
	const bytes = await (picture ??= phonePhoto('jpeg'));
	return Array.from({ length: count }, (_, n) => ({ name: `foto-${n}.jpg`, type: 'image/jpeg', bytes }));
}

async function versionOf(caseId: number): Promise<number> {
	const [row] = await db().select({ version: cases.version }).from(cases).where(eq(cases.id, caseId));
	return row?.version ?? 0;
}

/** Opens and verifies a case, and forwards it. */
export async function openAndEscalate(
	world: World,
	options: { kind: string; files: number; transfer: boolean }
): Promise<string> {
	const kind =
		options.kind === 'suggestion' ? { kind: 'suggestion', body: 'Sebaiknya ada kursi di ruang tunggu.' } : {};
	const row = await verifiedCase(world.office, kind, { files: await photos(options.files) });
	world.cases.push({ id: row.id, reference: row.reference });
	return escalate(world, world.cases.length - 1, options.transfer);
}

export async function escalate(world: World, n: number, transfer = false): Promise<string> {
	const knownCase = caseOf(world, n);
	if (!knownCase) return 'no case';
	const purpose = transfer ? { purpose: 'transfer', institution: '200102' } : { purpose: 'record' };
	const input = { ...purpose, reason: REASON, version: await versionOf(knownCase.id) };
	return tried(() => escalateCase(world.office.actor, knownCase.reference, input));
}

/** Acts on the newest forward of a case, if there is one. */
async function withLatestForward(
	world: World,
	n: number,
	act: (row: EscalationRow) => Promise<string>
): Promise<string> {
	const row = await latestForward(world, n);
	return row ? act(row) : 'no forward';
}

export function resend(world: World, n: number, edited: boolean): Promise<string> {
	const text = edited ? { content: uniqueText(world, 'Antrean di loket tidak bergerak, kata pelapor.') } : {};
	return withLatestForward(world, n, ({ id }) =>
		tried(() => resendEscalation(world.office.actor, id, { reason: REASON, ...text }))
	);
}

/** A person decides an unknown forward: after searching at LAPOR, or as absent without searching. */
export async function decide(world: World, n: number, looksFirst: boolean): Promise<string> {
	const row = await latestForward(world, n);
	if (!row) return 'no forward';
	const [report] = await world.lapor.reports(row.reference);
	// In manual mode a person has entered the report at LAPOR and got a number.
	const number = row.mode === 'manual' ? String(8_000_000 + (world.texts += 1)) : report && String(report.id);
	const knownCase = looksFirst && number !== undefined;
	const decision = knownCase ? { outcome: 'found', lapor_id: number } : { outcome: 'absent' };
	const ended = await tried(() => resolveEscalation(world.office.actor, row.id, { ...decision, reason: REASON }));
	if (!knownCase && ended === 'done') world.absentDecisions.set(row.id, (world.absentDecisions.get(row.id) ?? 0) + 1);
	return `${decision.outcome} ${ended}`;
}

export async function say(world: World, n: number, what: 'message' | 'answer' | 'dispute'): Promise<string> {
	const knownCase = caseOf(world, n);
	if (!knownCase) return 'no case';
	const body = uniqueText(
		world,
		{ message: 'Sedang kami bahas.', answer: 'Kursi sudah ditambah.', dispute: 'Belum ada.' }[what]
	);
	if (what === 'dispute') return tried(() => submitObjection(knownCase.id, { body }));
	const input = { body, public: true, version: await versionOf(knownCase.id) };
	const verb = what === 'answer' ? answerCase : writeMessage;
	return tried(() => verb(world.office.actor, knownCase.reference, input));
}

/** Decides the first follow-up that is unknown or rejected. */
export async function decideFollowup(world: World, n: number, outcome: 'sent' | 'again'): Promise<string> {
	const row = await latestForward(world, n);
	const open = row && (await followupsOf(row.id)).find(({ state }) => state === 'unknown' || state === 'rejected');
	if (!row || !open) return 'none';
	const ended = await tried(() => settleFollowup(world.office.actor, row.id, { followup: open.id, outcome }));
	if (outcome === 'again' && ended === 'done')
		world.againDecisions.set(open.content, (world.againDecisions.get(open.content) ?? 0) + 1);
	return ended;
}

export const finishTask = (world: World, n: number): Promise<string> =>
	withLatestForward(world, n, ({ id }) => tried(() => settlePresentTask(world.office.actor, id)));

export function setStatusByHand(world: World, n: number, name: string): Promise<string> {
	const input = { status_name: name, note: 'Sesuai laman', at: clock.now.toISOString() };
	return withLatestForward(world, n, ({ id }) => tried(() => setManualStatus(world.office.actor, id, input)));
}

export const mapStatus = (world: World, name: string, meaning: string): Promise<string> =>
	tried(() => mapStatusName(world.admin, name, meaning));

export async function testCall(world: World): Promise<string> {
	const result = await testConnection(world.admin);
	return result.ok ? 'succeeds' : `fails: ${result.reason?.code}`;
}
