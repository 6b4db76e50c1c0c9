import * as fc from 'fast-check';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { ensureDefaults } from '#lib/server/calendar/defaults.ts';
import { classifyCase } from '#lib/server/cases/handling/classify.ts';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, handle, transaction } from '#lib/server/db/index.ts';
import { caseSumChanges, caseSums } from '#lib/server/db/schema/case-sums.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { countedAnew, keptSums } from '#lib/dev/testing/casework/counted-anew.ts';
import { STEPS, type Ground, type Step } from '#lib/dev/testing/casework/steps.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { standing } from '#lib/dev/testing/office.ts';
import { rounds } from '#lib/dev/testing/rounds.ts';
import { foldCaseSums } from './fold.ts';

useFreshDatabase();

const { numRuns, seed } = rounds({ gate: 2, all: 6 });

const refused = (cause: unknown) => [Conflict, Invalid, NotAllowed, NotFound].some((kind) => cause instanceof kind);
const tried = (act: Promise<unknown>) =>
	act.catch((cause: unknown) => {
		if (!refused(cause)) throw cause;
	});

interface Offices extends Ground {
	codes: readonly string[];
}

/** What else moves a report between sums: another office, another sort, two out of one, another zone, the adding up. */
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
			.where(eq(units.code, codes[0] ?? '')),
	'add up': () => foldCaseSums()
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

async function take(step: Step, ground: Ground, version: number): Promise<void> {
	const who = ground.people[step.who % ground.people.length] as Actor;
	await tried('verb' in step ? step.verb(who, ground, version) : step.happening(ground, who));
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

test(
	'whatever happens to reports, their sums are what counting them anew gives',
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
							const caseId = (await standing(reference)).id;
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
								await take(step, ground, (await standing(reference)).version);
								const move = at % 5 === 4 ? moves[Math.floor(at / 5)] : undefined;
								const who = people[(move?.who ?? 0) % people.length] as Actor;
								if (move) await tried(MOVES[move.name]!(ground, who, (await standing(reference)).version));
							}
						}
						expect(await keptSums()).toEqual(await countedAnew());
					}
				);
			}),
			{ numRuns, seed, unbiased: true }
		);
		await foldCaseSums();
		expect(await db().select().from(caseSumChanges)).toEqual([]);
		expect(await keptSums()).toEqual(await countedAnew());
		expect(await db().select().from(caseSums).where(eq(caseSums.n, 0))).toEqual([]);
	},
	120_000 + numRuns * 30_000
);

// The embedded database has one connection: nothing there happens at once.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'of two commits that each change several reports of a day, none waits for the other',
	async () => {
		const { unit } = await office();
		const [one, two, three, four] = [
			await makeCase(unit),
			await makeCase(unit),
			await makeCase(unit),
			await makeCase(unit)
		];
		const opened = handle();
		if (opened.kind !== 'postgres') throw new Error('another engine was opened');
		const [left, right] = [await opened.client.reserve(), await opened.client.reserve()];
		for (const side of [left, right]) await side`begin`;
		for (const side of [left, right]) await side`set local lock_timeout = '2s'`;
		await left`update cases set category = 'time' where reference = ${one.reference}`;
		await right`update cases set category = 'time' where reference = ${two.reference}`;
		await left`update cases set category = 'cost' where reference = ${three.reference}`;
		await right`update cases set category = 'cost' where reference = ${four.reference}`;
		await foldCaseSums();
		for (const side of [left, right]) await side`commit`;
		left.release();
		right.release();
		expect(await keptSums()).toEqual(await countedAnew());
	}
);

test('what retention takes away goes on counting', async () => {
	const { unit } = await office();
	const before = await keptSums();
	const { reference } = await makeCase(unit);
	const after = await keptSums();
	expect(after).not.toEqual(before);
	const { id } = await standing(reference);
	await transaction(async (tx) => {
		await tx.execute(sql`select set_config('spatula.retention', 'on', true)`);
		for (const table of ['attachments', 'messages', 'clocks', 'timeline', 'case_officers', 'case_search'])
			await tx.execute(sql`delete from ${sql.identifier(table)} where case_id = ${id}`);
		await tx.execute(sql`delete from cases where id = ${id}`);
	});
	expect(await keptSums()).toEqual(after);
});
