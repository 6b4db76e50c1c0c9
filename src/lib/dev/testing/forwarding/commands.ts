import * as fc from 'fast-check';
import { overrideEnv } from '#lib/server/env.ts';
import { ESCALATION_CALLS, type Interruption } from './crashing-worker.ts';
import { checkAlways } from './invariants.ts';
import * as lapor from './lapor-actions.ts';
import * as people from './people.ts';
import * as workers from './workers.ts';
import { HOUR, MINUTE } from '../lapor.ts';
import { clock, type World } from './world.ts';

/** The model of fast-check: the number of cases opened so far. */
interface Model {
	cases: number;
}

const CASES = 5;

/** One step of a run. Its name and outcome are added to the log. */
function step(
	name: string,
	act: (world: World) => Promise<string>,
	{ opens = false } = {}
): fc.AsyncCommand<Model, World> {
	return {
		check: ({ cases }) => (opens ? cases < CASES : cases > 0),
		run: async (model, world) => {
			if (opens) model.cases += 1;
			const at = clock.now.toISOString().slice(0, 19);
			world.log.push(`${at}  ${name} …`);
			const outcome = await act(world);
			world.log.splice(-1, 1, `${at}  ${name}: ${outcome}`);
			await checkAlways(world);
		},
		toString: () => name
	};
}

const repeat = <T>(arbitrary: T, times: number): T[] => Array.from({ length: times }, () => arbitrary);

const caseIndex = fc.nat({ max: CASES - 1 });

/** How a worker is interrupted, if at all: at a step, or before or after a call. `createComplaint` is listed twice, so it is the most frequent. */
const interruption: fc.Arbitrary<Interruption | undefined> = fc.option(
	fc.record({
		how: fc.constantFrom('crashes' as const, 'crashes' as const, 'freezes' as const),
		at: fc.oneof(
			fc.record({ step: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 30 })) }),
			fc.record({
				call: fc.constantFrom('createComplaint' as const, ...ESCALATION_CALLS),
				when: fc.constantFrom('before' as const, 'after' as const)
			})
		)
	}),
	{ nil: undefined, freq: 2 }
);
const describeInterruption = (interruption: Interruption | undefined): string => {
	if (!interruption) return '';
	const { how, at } = interruption;
	return ` [${how} ${'step' in at ? `at step ${at.step}` : `${at.when} ${at.call}`}]`;
};

/** A new case and its first forward. */
export const OPENING = fc.record({
	kind: fc.constantFrom('suggestion', 'complaint'),
	files: fc.constantFrom(0, 0, 1, 2),
	transfer: fc.constantFrom(false, false, true)
});

export const describeOpening = ({
	kind,
	files,
	transfer
}: {
	kind: string;
	files: number;
	transfer: boolean;
}): string => `open a ${kind} with ${files} photos, ${transfer ? 'transfer' : 'record'} it`;

const openingCommand = OPENING.map((options) =>
	step(describeOpening(options), (world) => people.openAndEscalate(world, options), { opens: true })
);

/** A command for one case. */
const caseCommand = (name: string, act: (world: World, n: number) => Promise<string>) =>
	caseIndex.map((n) => step(`${name} (case ${n})`, (world) => act(world, n)));

const personCommands = [
	caseCommand('escalate', people.escalate),
	caseCommand('re-send', (world, n) => people.resend(world, n, false)),
	caseCommand('re-send with edited text', (world, n) => people.resend(world, n, true)),
	caseCommand('decide after checking at LAPOR', (world, n) => people.decide(world, n, true)),
	caseCommand('decide "not there" without checking', (world, n) => people.decide(world, n, false)),
	...repeat(
		caseCommand('write a message', (world, n) => people.say(world, n, 'message')),
		2
	),
	caseCommand('publish an answer', (world, n) => people.say(world, n, 'answer')),
	caseCommand('dispute', (world, n) => people.say(world, n, 'dispute')),
	caseCommand('decide a follow-up: it is there', (world, n) => people.decideFollowup(world, n, 'sent')),
	caseCommand('decide a follow-up: once more', (world, n) => people.decideFollowup(world, n, 'again')),
	caseCommand('finish the task', people.finishTask),
	caseCommand('set the status by hand', (world, n) => people.setStatusByHand(world, n, 'Dalam Proses')),
	fc
		.constantFrom('in_process', 'finished', 'postponed')
		.map((meaning) =>
			step(`map "Menunggu Pleno" to ${meaning}`, (world) => people.mapStatus(world, 'Menunggu Pleno', meaning))
		),
	fc.constant(step('make a test call', people.testCall))
];

const set = (name: string, change: Parameters<typeof overrideEnv>[0]) =>
	step(name, async () => {
		overrideEnv(change);
		return 'set';
	});
const settingCommands = [
	fc
		.constantFrom('api' as const, 'api' as const, 'manual' as const)
		.map((mode) => set(`switch to ${mode}`, { LAPOR_MODE: mode })),
	fc.boolean().map((on) => set(`look-up ${on ? 'on' : 'off'}`, { LAPOR_LOOKUP: on }))
];

const WAITS = [1000, MINUTE, 2 * MINUTE, 6 * MINUTE, 16 * MINUTE, HOUR, 2 * HOUR, 25 * HOUR, 72 * HOUR];
const duration = (ms: number): string =>
	ms < MINUTE ? 'a second' : ms < HOUR ? `${ms / MINUTE} min` : `${ms / HOUR} h`;

async function wait(world: World, ms: number): Promise<void> {
	if (ms >= 15 * MINUTE) await lapor.waitForLateReports(world);
	clock.now = new Date(clock.now.getTime() + ms);
}

/** Lets time pass, then runs the sweep, which creates jobs. */
async function waitAndSweep(world: World, ms: number): Promise<void> {
	await wait(world, ms);
	await workers.sweep(world, undefined);
}

const timeCommand = fc.constantFrom(...WAITS).map((ms) =>
	step(`wait ${duration(ms)}`, async (world) => {
		await wait(world, ms);
		return 'waited';
	})
);

const laporCommands = [
	...repeat(
		lapor.FAULT.map((fault) => step(`fault ${JSON.stringify(fault)}`, (world) => lapor.setFaults(world, [fault]))),
		2
	),
	fc.constant(step('LAPOR has no more faults', (world) => lapor.setFaults(world))),
	fc
		.tuple(caseIndex, fc.constantFrom(...lapor.STATUSES), fc.boolean())
		.map(([n, name, noted]) =>
			step(`LAPOR sets ${name}${noted ? ' with a note' : ''} (case ${n})`, (world) => lapor.move(world, n, name, noted))
		),
	fc
		.tuple(caseIndex, fc.constantFrom(...lapor.STATUSES, undefined))
		.map(([n, name]) =>
			step(`LAPOR writes${name ? ` and sets ${name}` : ''} (case ${n})`, (world) => lapor.write(world, n, name))
		),
	caseCommand("store LAPOR's present response", lapor.storeResponse),
	caseCommand('the next poll gets the stored response', lapor.serveOldResponse)
];

const jobCount = fc.integer({ min: 1, max: 6 });
const workerCommand = fc.oneof(
	fc.tuple(jobCount, interruption).map(([jobs, end]) => ({
		name: `a worker does ${jobs} jobs${describeInterruption(end)}`,
		work: (world: World) => workers.workAlone(world, jobs, end)
	})),
	fc.tuple(jobCount, fc.boolean(), interruption, interruption).map(([jobs, same, one, other]) => ({
		name: `two workers do ${jobs} ${same ? 'same ' : ''}jobs${describeInterruption(one)}${describeInterruption(other)}`,
		work: (world: World) => workers.workTogether(world, jobs, same, [one, other])
	}))
);
const work = workerCommand.map(({ name, work }) => step(name, work));
const sweepCommand = interruption.map((end) =>
	step(`sweep${describeInterruption(end)}`, (world) => workers.sweep(world, end))
);
const resumeCommand = fc.constant(step('frozen workers resume', workers.resume));

/** A round as in an installation: time passes, the sweep creates jobs, workers run them. */
const roundCommand = fc.tuple(fc.constantFrom(...WAITS), workerCommand).map(([ms, { name, work }]) =>
	step(`${duration(ms)} later a sweep, then ${name}`, async (world) => {
		await waitAndSweep(world, ms);
		return work(world);
	})
);

/** The first attempt to send a report meets a fault. */
const faultOnCreate = fc
	.tuple(
		OPENING,
		fc.constantFrom('create' as const, 'create' as const, 'upload' as const).chain(lapor.nextFault),
		workerCommand
	)
	.map(([options, fault, { name, work }]) => {
		const act = async (world: World) => {
			await lapor.setFaults(world, [fault]);
			await people.openAndEscalate(world, options);
			return work(world);
		};
		return step(`${describeOpening(options)} while ${JSON.stringify(fault)}; ${name}`, act, { opens: true });
	});

/** A worker freezes while it sends a report. Its lease expires, other workers continue, then it resumes. */
const frozenSender = fc
	.tuple(OPENING, fc.constantFrom('createComplaint' as const, 'uploadFile' as const), workerCommand, fc.boolean())
	.map(([options, call, { name, work }, decided]) => {
		const then = `2 min later ${decided ? '"not there", ' : ''}${name}; the frozen worker resumes`;
		const act = async (world: World) => {
			await people.openAndEscalate(world, options);
			const outcomes = [await workers.workAlone(world, 20, { how: 'freezes', at: { call, when: 'after' } })];
			await waitAndSweep(world, 2 * MINUTE);
			if (decided) outcomes.push(await people.decide(world, world.cases.length - 1, false));
			outcomes.push(await work(world), await workers.resume(world));
			return outcomes.join('; ');
		};
		return step(`${describeOpening(options)}; a worker freezes after ${call}; ${then}`, act, { opens: true });
	});

/** Sending a follow-up meets a fault, and the next poll shows whether it arrived. */
const faultOnFollowup = fc
	.tuple(
		caseIndex,
		fc.constantFrom('message' as const, 'answer' as const, 'dispute' as const),
		lapor.nextFault('followup_add'),
		workerCommand
	)
	.map(([n, what, fault, { name, work }]) =>
		step(`say (${what}, case ${n}) while ${JSON.stringify(fault)}; ${name}, and 16 min later again`, async (world) => {
			await lapor.setFaults(world, [fault]);
			const outcomes = [await people.say(world, n, what), await workers.workAlone(world, 20, undefined)];
			outcomes.push(await work(world));
			await waitAndSweep(world, 16 * MINUTE);
			return [...outcomes, await work(world)].join('; ');
		})
	);

/** LAPOR changes a report and is polled. The next poll then gets an older response from a server that lags behind. */
const staleResponse = fc
	.tuple(caseIndex, fc.constantFrom(...lapor.STATUSES), workerCommand)
	.map(([n, status, { name, work }]) =>
		step(`LAPOR sets ${status} (case ${n}); ${name}; the next poll gets the earlier response`, async (world) => {
			const outcomes = [await lapor.storeResponse(world, n)];
			await wait(world, 3 * HOUR);
			outcomes.push(await lapor.move(world, n, status, true));
			await workers.sweep(world, undefined);
			outcomes.push(await work(world));
			await wait(world, 25 * HOUR);
			outcomes.push(await lapor.serveOldResponse(world, n));
			await workers.sweep(world, undefined);
			return [...outcomes, await work(world)].join('; ');
		})
	);

/** All commands. Commands that advance a forward are more frequent. */
export const COMMANDS = [
	...repeat(roundCommand, 12),
	...repeat(work, 4),
	...repeat(faultOnCreate, 5),
	...repeat(frozenSender, 3),
	...repeat(faultOnFollowup, 4),
	...repeat(staleResponse, 3),
	openingCommand,
	sweepCommand,
	...repeat(resumeCommand, 2),
	timeCommand,
	...personCommands,
	...settingCommands,
	...laporCommands
];
