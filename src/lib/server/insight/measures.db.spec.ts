import * as fc from 'fast-check';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { add, recountFigures, type Figures } from '#lib/dev/testing/casework/recount-figures.ts';
import { STEPS, type Ground, type Step } from '#lib/dev/testing/casework/steps.ts';
import { makeActor, makeCase, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { sumsOfNow, sumsWithin } from './measures.ts';

const numRuns = rounds({ quick: 1, all: 6 });

const isExpectedError = (cause: unknown) =>
	[Conflict, Invalid, NotAllowed, NotFound].some((kind) => cause instanceof kind);
const ignoreExpectedErrors = (act: Promise<unknown>) =>
	act.catch((cause: unknown) => {
		if (!isExpectedError(cause)) throw cause;
	});

interface Offices extends Ground {
	codes: readonly string[];
}

/** Further changes that move a report between figures: hand-over, category integrity, split, other time zone. */
const MOVES: Record<string, (ground: Offices, who: Actor, version: number) => Promise<unknown>> = {
	'hand over': ({ reference, codes }, who, version) =>
		handOverCase(who, reference, { unit: codes[version % codes.length], reason: 'Urusan kantor lain.', version }),
	integrity: ({ reference }, who, version) =>
		classifyCase(who, reference, {
			category: 'integrity',
			class: 'oversight',
			priority: 'high',
			reason: 'Ada permintaan uang.',
			version
		}),
	split: ({ reference }, who, version) =>
		splitCase(who, reference, {
			kind: 'suggestion',
			body: 'Kursi di ruang tunggu perlu ditambah.',
			submission_id: crypto.randomUUID(),
			version
		}),
	zone: async ({ codes }) =>
		db()
			.update(units)
			.set({ timeZone: sql`case time_zone when 'Asia/Makassar' then 'Asia/Jayapura' else 'Asia/Makassar' end` })
			.where(eq(units.code, codes[0] ?? ''))
};

const walks = fc.array(
	fc.record({
		steps: STEPS,
		moves: fc.array(fc.record({ name: fc.constantFrom(...Object.keys(MOVES)), who: fc.nat(5) }), { minLength: 8 }),
		service: fc.constantFrom(undefined, 'library', 'consultation'),
		kind: fc.constantFrom('complaint', 'suggestion')
	}),
	{ minLength: 2, maxLength: 3 }
);

async function runStep(step: Step, ground: Ground, version: number): Promise<void> {
	const who = ground.people[step.who % ground.people.length] as Actor;
	await ignoreExpectedErrors('verb' in step ? step.verb(who, ground, version) : step.event(ground, who));
}

async function office() {
	const root = await makeUnit();
	const [unit, other] = [await makeUnit({ parent: root }), await makeUnit({ parent: root })];
	const officer = await makeOfficer(unit.id);
	const people = [
		await makeActor([[root.id, 'handler', 'supervisor']]),
		await makeActor([[unit.id, 'supervisor']]),
		await makeActor([[root.id, 'supervisor']]),
		await makeActor([[unit.id, 'handler']], officer.id)
	];
	return { unit, place: await makePlace(unit.id), people, officer, codes: [unit.code, other.code, root.code] };
}

const EVER = { from: '2020-01-01', to: '2030-12-31' };

/** All figures of all units by day, counted as boards do. */
async function counted({ service, ...period }: Parameters<typeof recountFigures>[0]): Promise<Figures> {
	const counting = { units: await db().select().from(units), service, counted: undefined };
	const sums = [...(await sumsWithin(counting, period, 'day')), ...(await sumsOfNow(counting, EVER.to))];
	const figures: Figures = new Map();
	for (const { unitId, measure, part, value, at, n } of sums) add(figures, [unitId, measure, part, value, at], n);
	return figures;
}

test(
	'after random changes of reports, the figures equal a count row by row',
	async () => {
		await ensureDefaults(db());
		await fc.assert(
			fc.asyncProperty(walks, async (all) => {
				const clock = { now: new Date('2026-10-29T15:30:00Z') };
				await withClock(
					() => clock.now,
					async () => {
						const { unit, place, people, officer, codes } = await office();
						let main: string | undefined;
						for (const { steps, moves, service, kind } of all) {
							const { reference } = await makeCase(unit, { kind, service, place: place.id });
							const caseId = (await readCase(reference)).id;
							const ground = {
								reference,
								main: main ?? reference,
								caseId,
								people,
								officerId: officer.id,
								clock,
								codes
							};
							main = reference;
							for (const [at, step] of steps.entries()) {
								await runStep(step, ground, (await readCase(reference)).version);
								const move = at % 5 === 4 ? moves[Math.floor(at / 5)] : undefined;
								const who = people[(move?.who ?? 0) % people.length] as Actor;
								if (move)
									await ignoreExpectedErrors(MOVES[move.name]!(ground, who, (await readCase(reference)).version));
							}
						}
						for (const service of [undefined, 'library'])
							for (const period of [EVER, { from: '2026-11-01', to: '2026-11-30' }])
								expect(await counted({ ...period, service })).toEqual(await recountFigures({ ...period, service }));
					}
				);
			}),
			{ numRuns, unbiased: true }
		);
	},
	120_000 + numRuns * 30_000
);
