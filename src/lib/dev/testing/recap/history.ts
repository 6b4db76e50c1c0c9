import * as fc from 'fast-check';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
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
import { readCase } from '../office.ts';

export type Province = Awaited<ReturnType<typeof makeProvince>>;

/** A province with two offices, people, and a clock that moves. */
export async function makeProvince(startedAt: string) {
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
	return { root, units, people, head, officerId: officer.id, clock: { now: new Date(startedAt) } };
}

type Act =
	| { kind: 'open'; unit: number; of: CaseKind; channel: Channel }
	| { kind: 'hand over' | 'make it a matter of integrity'; pick: number; who: number }
	| { kind: 'step'; pick: number; step: Step };

const openAct: fc.Arbitrary<Act> = fc.record({
	kind: fc.constant('open' as const),
	unit: fc.nat({ max: 1 }),
	of: fc.constantFrom(...CASE_KINDS),
	channel: fc.constantFrom<Channel>('web', 'qr', 'box')
});
const stepAct: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('step' as const), pick: fc.nat(), step: STEP });
const moveAct: fc.Arbitrary<Act> = fc.record({
	kind: fc.constantFrom('hand over' as const, 'make it a matter of integrity' as const),
	pick: fc.nat(),
	who: fc.nat({ max: 2 })
});

/** Random acts at a province's desks over some months. */
export const ACTS: fc.Arbitrary<Act[]> = fc.array(
	fc.oneof({ arbitrary: openAct, weight: 2 }, { arbitrary: stepAct, weight: 14 }, { arbitrary: moveAct, weight: 1 }),
	{ minLength: 25, maxLength: 45 }
);

/** The state of a case, from its own row and not from tables that a periodic report reads. */
export interface SeenCase {
	caseId: number;
	cell: string;
	unitId: string;
	open: boolean;
}

const isRefusal = (cause: unknown) => [Conflict, Invalid, NotAllowed, NotFound].some((kind) => cause instanceof kind);

async function ignoreRefusal(act: Promise<unknown>): Promise<void> {
	await act.catch((cause: unknown) => {
		if (!isRefusal(cause)) throw cause;
	});
}

/** Gives a case the category integrity, at verification or later. The office above then handles the case. */
async function makeIntegrity(who: Actor, { reference }: Ground): Promise<unknown> {
	const { status, version } = await readCase(reference);
	const input = { category: 'integrity', class: 'plain', reason: 'Perlu diperiksa.', version };
	if (status === 'received') return verifyCase(who, reference, input);
	return classifyCase(who, reference, { ...input, priority: 'normal' });
}

/** Runs one act. A refusal by the domain is ignored. */
async function doAct(act: Act, province: Province, grounds: Ground[]): Promise<void> {
	if (act.kind === 'open') {
		const unit = province.units[act.unit] as Unit;
		const { reference } = await makeCase(unit, { kind: act.of }, { channel: act.channel });
		const { people, officerId, clock } = province;
		const main = grounds.at(-1)?.reference ?? reference;
		grounds.push({ reference, main, caseId: (await readCase(reference)).id, people, officerId, clock });
		return;
	}
	// Picks one of the latest three cases, so that some cases get many steps.
	const recent = grounds.slice(-3);
	const ground = recent[act.pick % Math.max(1, recent.length)];
	if (!ground) return;
	const person = (n: number) => province.people[n % province.people.length] as Actor;
	const row = await readCase(ground.reference);
	if (act.kind === 'hand over') {
		const to = province.units.find(({ id }) => id !== row.unitId);
		const input = { unit: to?.code, reason: 'Bukan kantor ini.', version: row.version };
		await ignoreRefusal(handOverCase(person(act.who), ground.reference, input));
	} else if (act.kind === 'step') {
		const { step } = act;
		if ('verb' in step) await ignoreRefusal(step.verb(person(step.who), ground, row.version));
		else await ignoreRefusal(step.event(ground, person(step.who)));
	} else await ignoreRefusal(makeIntegrity(person(act.who), ground));
}

/** The present state of all cases. */
export async function seenCases(): Promise<SeenCase[]> {
	const rows = await db().select().from(cases);
	return rows.map(({ id, unitId, restricted, kind, channel, status }) => ({
		caseId: id,
		unitId,
		cell: restricted ? 'sealed' : `${kind}/${channel}`,
		open: OPEN_STATUSES.includes(status)
	}));
}

/** Runs acts one after the other, and calls `each` after every act. */
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
				// Acts need different moments, so that each belongs to one side of a month's end.
				province.clock.now = new Date(province.clock.now.getTime() + 60_000);
				await each();
			}
		}
	);
}
