import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { dispute } from '#lib/server/cases/conversation/reporter-reply.ts';
import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { testConnection } from '#lib/server/escalation/connection/connection.ts';
import { escalateCase, resendEscalation } from '#lib/server/escalation/forward/forward.ts';
import { setManualStatus, resolveEscalation, settleFollowup, settleTask } from '#lib/server/escalation/decisions.ts';
import { mapStatusName } from '#lib/server/escalation/tracking/status-names.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';
import { caseOf, clock, followupsOf, latestRow, tried, words, type World } from './world.ts';
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

/** A verified case, and its first forward. */
export async function openAndEscalate(
	world: World,
	given: { kind: string; files: number; transfer: boolean }
): Promise<string> {
	const kind = given.kind === 'suggestion' ? { kind: 'suggestion', body: 'Sebaiknya ada kursi di ruang tunggu.' } : {};
	const row = await verifiedCase(world.office, kind, { files: await photos(given.files) });
	world.cases.push({ id: row.id, reference: row.reference });
	return escalate(world, world.cases.length - 1, given.transfer);
}

export async function escalate(world: World, n: number, transfer = false): Promise<string> {
	const found = caseOf(world, n);
	if (!found) return 'no case';
	const purpose = transfer ? { purpose: 'transfer', institution: '200102' } : { purpose: 'record' };
	const input = { ...purpose, reason: REASON, version: await versionOf(found.id) };
	return tried(() => escalateCase(world.office.actor, found.reference, input));
}

/** What a person does with the newest forward of a case. */
async function onForward(world: World, n: number, act: (row: EscalationRow) => Promise<string>): Promise<string> {
	const row = await latestRow(world, n);
	return row ? act(row) : 'no forward';
}

export function resend(world: World, n: number, edited: boolean): Promise<string> {
	const text = edited ? { content: words(world, 'Antrean di loket tidak bergerak, kata pelapor.') } : {};
	return onForward(world, n, ({ id }) =>
		tried(() => resendEscalation(world.office.actor, id, { reason: REASON, ...text }))
	);
}

/** A person looks at LAPOR and says what is there; or says "not there" without looking. */
export async function decide(world: World, n: number, looks: boolean): Promise<string> {
	const row = await latestRow(world, n);
	if (!row) return 'no forward';
	const [report] = await world.lapor.reports(row.reference);
	// In manual mode somebody has typed the report in there and was given a number.
	const number = row.mode === 'manual' ? String(8_000_000 + (world.words += 1)) : report && String(report.id);
	const found = looks && number !== undefined;
	const decision = found ? { outcome: 'found', lapor_id: number } : { outcome: 'absent' };
	const ended = await tried(() => resolveEscalation(world.office.actor, row.id, { ...decision, reason: REASON }));
	if (!found && ended === 'done') world.absences.set(row.id, (world.absences.get(row.id) ?? 0) + 1);
	return `${decision.outcome} ${ended}`;
}

export async function say(world: World, n: number, what: 'message' | 'answer' | 'dispute'): Promise<string> {
	const found = caseOf(world, n);
	if (!found) return 'no case';
	const body = words(
		world,
		{ message: 'Sedang kami bahas.', answer: 'Kursi sudah ditambah.', dispute: 'Belum ada.' }[what]
	);
	if (what === 'dispute') return tried(() => dispute(found.id, { body }));
	const input = { body, public: true, version: await versionOf(found.id) };
	const verb = what === 'answer' ? answerCase : writeMessage;
	return tried(() => verb(world.office.actor, found.reference, input));
}

/** Decides the first follow-up of a case that waits for somebody. */
export async function decideFollowup(world: World, n: number, outcome: 'sent' | 'again'): Promise<string> {
	const row = await latestRow(world, n);
	const open = row && (await followupsOf(row.id)).find(({ state }) => state === 'unknown' || state === 'rejected');
	if (!row || !open) return 'none';
	const ended = await tried(() => settleFollowup(world.office.actor, row.id, { followup: open.id, outcome }));
	if (outcome === 'again' && ended === 'done')
		world.agains.set(open.content, (world.agains.get(open.content) ?? 0) + 1);
	return ended;
}

export const seeToTask = (world: World, n: number): Promise<string> =>
	onForward(world, n, ({ id }) => tried(() => settleTask(world.office.actor, id, {})));

export function setStatusByHand(world: World, n: number, name: string): Promise<string> {
	const input = { status_name: name, note: 'Sesuai laman', at: clock.now.toISOString() };
	return onForward(world, n, ({ id }) => tried(() => setManualStatus(world.office.actor, id, input)));
}

export const mapStatus = (world: World, name: string, meaning: string): Promise<string> =>
	tried(() => mapStatusName(world.admin, name, meaning));

export async function testCall(world: World): Promise<string> {
	const result = await testConnection(world.admin);
	return result.ok ? 'succeeds' : `fails: ${result.reason?.code}`;
}
