import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { verifyCase } from './handling/verify.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import {
	checkClocks,
	checkSignatures,
	reachable,
	statusFromTimeline,
	caseStateOf,
	type CaseState
} from '#lib/dev/testing/casework/invariants.ts';
import { STEPS, type Ground, type Step } from '#lib/dev/testing/casework/steps.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';

const numRuns = rounds({ quick: 1, all: 10 });
const timeout = 300_000 + numRuns * 20_000;

/**
 * Three kinds of offices: a usual one, one whose supervisor is an officer and may be named, and a root with a single
 * person.
 */
type Office = Omit<Ground, 'reference' | 'caseId' | 'main' | 'clock'> & { code: string };
const OFFICES: Record<string, () => Promise<Office>> = {
	usual: async () => {
		const { root, unit, officer } = await regency();
		const worker = await makeActor([[unit.id, 'handler']], officer.id);
		const people = [
			await makeActor([[unit.id, 'handler']]),
			await makeActor([[unit.id, 'supervisor']]),
			await makeActor([[root.id, 'supervisor']]),
			worker
		];
		return { code: unit.code, people, officerId: officer.id };
	},
	'named supervisor': async () => {
		const { root, unit, officer } = await regency();
		const head = await makeActor([[unit.id, 'handler', 'supervisor']], officer.id);
		const people = [await makeActor([[unit.id, 'handler']]), head, await makeActor([[root.id, 'supervisor']])];
		return { code: unit.code, people, officerId: officer.id };
	},
	'one person at the root': async () => {
		const root = await makeUnit();
		const officer = await makeOfficer(root.id);
		const people = [await makeActor([[root.id, 'handler', 'supervisor']])];
		return { code: root.code, people, officerId: officer.id };
	}
};

async function regency() {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	return { root, unit, officer: await makeOfficer(unit.id) };
}

const refusal = (cause: unknown) => [Conflict, Invalid, NotAllowed, NotFound].some((kind) => cause instanceof kind);

/** Runs an act and returns the refusal if it was refused. Any other error fails the test. */
async function tried(act: Promise<unknown>): Promise<'done' | Error> {
	try {
		await act;
		return 'done';
	} catch (cause) {
		if (!refusal(cause)) throw cause;
		return cause as Error;
	}
}

async function take(step: Step, ground: Ground, { row }: CaseState): Promise<void> {
	const person = (n: number) => ground.people[n % ground.people.length] as Actor;
	if (!('verb' in step)) {
		await tried(step.event(ground, person(step.who)));
		return;
	}
	const version = step.stale ? Math.max(1, row.version - 1) : row.version;
	const acts = [step, ...(step.rival ? [step.rival] : [])].map(({ who, verb }) =>
		tried(verb(person(who), ground, version))
	);
	const outcomes = await Promise.all(acts);
	const done = outcomes.filter((outcome) => outcome === 'done').length;
	expect(done, 'two made from one version were both done').toBeLessThanOrEqual(1);
	if (version !== row.version) expect(done, 'done for a version that was gone').toBe(0);
	// The rival got a conflict or was refused for another reason.
	if (done === 1)
		for (const outcome of outcomes.filter((one) => one !== 'done'))
			if (outcome instanceof Conflict) expect(outcome.code).toMatch(/stale|invalid-move/);
}

async function walk(kind: string, steps: readonly Step[]): Promise<void> {
	const clock = { now: new Date('2026-11-02T01:00:00Z') };
	await withClock(
		() => clock.now,
		async () => {
			await db().delete(absences);
			const { code, ...office } = await OFFICES[kind]!();
			const { reference } = await makeCase({ code }, { kind: 'complaint' });
			const { reference: main } = await makeCase({ code }, { kind: 'suggestion' });
			const worker = office.people[0] as Actor;
			await verifyCase(worker, main, { category: 'time', class: 'plain', version: (await readCase(main)).version });
			const ground: Ground = { ...office, reference, main, clock, caseId: (await readCase(reference)).id };
			let before = await caseStateOf(ground.caseId);
			for (const step of steps) {
				await take(step, ground, before);
				const after = await caseStateOf(ground.caseId);
				const { status } = after.row;
				if (status !== before.row.status) expect([step.name, reachable(before.row, status)]).toEqual([step.name, true]);
				expect([step.name, statusFromTimeline(after.entries)]).toEqual([step.name, status]);
				expect(after.entries.map(({ seq }) => seq)).toEqual(after.entries.map((_, index) => index + 1));
				checkClocks(before.clocks, after.clocks);
				await checkSignatures(after, before.entries.length, ground.people);
				before = after;
			}
		}
	);
}

describe('a report after random acts of its office', () => {
	test.each(Object.keys(OFFICES))(
		'has allowed moves, a complete timeline, correct deadlines and a second person for each answer: %s',
		async (kind) => {
			await fc.assert(
				fc.asyncProperty(STEPS, (steps) => walk(kind, steps)),
				// Unbiased, because otherwise most walks would end before an answer.
				{ numRuns, unbiased: true, endOnFailure: true }
			);
		},
		timeout
	);
});
