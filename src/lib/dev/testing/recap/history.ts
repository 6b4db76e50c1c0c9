import * as fc from 'fast-check';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { CASE_KINDS, type CaseKind, type Channel } from '#lib/cases/vocabulary.ts';
import { classifyCase, verifyCase } from '#lib/server/cases/handling/verify.ts';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { STEP, type Ground, type Step } from '../casework/steps.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '../factories.ts';
import { standing } from '../office.ts';

export type Province = Awaited<ReturnType<typeof makeProvince>>;

/** A province with two offices below it, the people of one and of the province, and an hour that moves. */
export async function makeProvince(begun: string) {
	const root = await makeUnit();
	const units: [Unit, Unit] = [await makeUnit({ parent: root }), await makeUnit({ parent: root })];
	const head = await makeActor([[root.id, 'supervisor', 'manager']]);
	const people = [
		await makeActor([[root.id, 'handler']]),
		await makeActor([
			[units[0].id, 'supervisor'],
			[units[1].id, 'supervisor']
		]),
		head
	];
	const officer = await makeOfficer(units[0].id);
	return { root, units, people, head, officerId: officer.id, clock: { now: new Date(begun) } };
}

type Act =
	| { kind: 'open'; unit: number; of: CaseKind; channel: Channel }
	| { kind: 'hand over' | 'make it a matter of integrity'; pick: number; who: number }
	| { kind: 'step'; pick: number; step: Step };

const opening: fc.Arbitrary<Act> = fc.record({
	kind: fc.constant('open' as const),
	unit: fc.nat({ max: 1 }),
	of: fc.constantFrom(...CASE_KINDS),
	channel: fc.constantFrom<Channel>('web', 'qr', 'box')
});
const walking: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('step' as const), pick: fc.nat(), step: STEP });
const leaving: fc.Arbitrary<Act> = fc.record({
	kind: fc.constantFrom('hand over' as const, 'make it a matter of integrity' as const),
	pick: fc.nat(),
	who: fc.nat({ max: 2 })
});

/** What happens at a province's desks in some months. */
export const ACTS: fc.Arbitrary<Act[]> = fc.array(
	fc.oneof({ arbitrary: opening, weight: 2 }, { arbitrary: walking, weight: 14 }, { arbitrary: leaving, weight: 1 }),
	{ minLength: 25, maxLength: 45 }
);

/** Where a case stood, told by its own row and by nothing a periodic report reads. */
export interface Seen {
	caseId: number;
	cell: string;
	unitId: string;
	open: boolean;
}

const refusal = (cause: unknown) => [Conflict, Invalid, NotAllowed, NotFound].some((kind) => cause instanceof kind);

async function tried(act: Promise<unknown>): Promise<void> {
	await act.catch((cause: unknown) => {
		if (!refusal(cause)) throw cause;
	});
}

/** Makes it an integrity report, at verification or later by a supervisor. It moves to the office above. */
async function sealOne(who: Actor, { reference }: Ground): Promise<unknown> {
	const { status, version } = await standing(reference);
	const input = { category: 'integrity', class: 'plain', reason: 'Perlu diperiksa.', version };
	if (status === 'received') return verifyCase(who, reference, input);
	return classifyCase(who, reference, { ...input, priority: 'normal' });
}

/** Does one act, or is refused as a person would be. */
async function doAct(act: Act, province: Province, grounds: Ground[]): Promise<void> {
	if (act.kind === 'open') {
		const unit = province.units[act.unit] as Unit;
		const { reference } = await makeCase(unit, { kind: act.of }, { channel: act.channel });
		const { people, officerId, clock } = province;
		const main = grounds.at(-1)?.reference ?? reference;
		grounds.push({ reference, main, caseId: (await standing(reference)).id, people, officerId, clock });
		return;
	}
	// Of the latest few, so that some come far.
	const recent = grounds.slice(-3);
	const ground = recent[act.pick % Math.max(1, recent.length)];
	if (!ground) return;
	const person = (n: number) => province.people[n % province.people.length] as Actor;
	const row = await standing(ground.reference);
	if (act.kind === 'hand over') {
		const to = province.units.find(({ id }) => id !== row.unitId);
		const input = { unit: to?.code, reason: 'Bukan kantor ini.', version: row.version };
		await tried(handOverCase(person(act.who), ground.reference, input));
	} else if (act.kind === 'step') {
		const { step } = act;
		if ('verb' in step) await tried(step.verb(person(step.who), ground, row.version));
		else await tried(step.happening(ground, person(step.who)));
	} else await tried(sealOne(person(act.who), ground));
}

/** All cases as they stand. */
export async function lookAround(): Promise<Seen[]> {
	const rows = await db().select().from(cases);
	return rows.map(({ id, unitId, restricted, kind, channel, status }) => ({
		caseId: id,
		unitId,
		cell: restricted ? 'sealed' : `${kind}/${channel}`,
		open: OPEN_STATUSES.includes(status)
	}));
}

/** Plays acts one after the other; `each` is told after every one of them. */
export async function play(
	province: Province,
	acts: readonly Act[],
	each: () => Promise<void> = async () => {}
): Promise<void> {
	const grounds: Ground[] = [];
	await withClock(
		() => province.clock.now,
		async () => {
			for (const act of acts) {
				await doAct(act, province, grounds);
				// Two acts of one moment could not be told apart at a month's end.
				province.clock.now = new Date(province.clock.now.getTime() + 60_000);
				await each();
			}
		}
	);
}
