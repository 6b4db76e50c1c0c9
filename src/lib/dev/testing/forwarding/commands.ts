import * as fc from 'fast-check';
import { overrideEnv } from '#lib/server/env.ts';
import { ESCALATION_CALLS, type Interruption } from './crashing-worker.ts';
import { checkAlways } from './invariants.ts';
import * as lapor from './lapor-side.ts';
import * as people from './people.ts';
import * as workers from './workers.ts';
import { clock, HOUR, MINUTE, type World } from './world.ts';

/** What a command must know before it runs: how many cases there are. */
interface Model {
	cases: number;
}

const CASES = 5;

/** One step of a run; the log gets its name and its outcome. */
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

const often = <T>(arbitrary: T, times: number): T[] => Array.from({ length: times }, () => arbitrary);

const which = fc.nat({ max: CASES - 1 });

/** Some are not interrupted; the others at a step, or at a call, most often at one that acts at LAPOR. */
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
const inWords = (interruption: Interruption | undefined): string => {
	if (!interruption) return '';
	const { how, at } = interruption;
	return ` [${how} ${'step' in at ? `at step ${at.step}` : `${at.when} ${at.call}`}]`;
};

/** A case and how it is forwarded first. */
export const OPENING = fc.record({
	kind: fc.constantFrom('suggestion', 'complaint'),
	files: fc.constantFrom(0, 0, 1, 2),
	transfer: fc.constantFrom(false, false, true)
});

export const openingWords = ({ kind, files, transfer }: { kind: string; files: number; transfer: boolean }): string =>
	`open a ${kind} with ${files} photos, ${transfer ? 'transfer' : 'record'} it`;

const opening = OPENING.map((given) =>
	step(openingWords(given), (world) => people.openAndEscalate(world, given), { opens: true })
);

/** A command about one case. */
const about = (name: string, act: (world: World, n: number) => Promise<string>) =>
	which.map((n) => step(`${name} (case ${n})`, (world) => act(world, n)));

const persons = [
	about('escalate', people.escalate),
	about('re-send', (world, n) => people.resend(world, n, false)),
	about('re-send with edited text', (world, n) => people.resend(world, n, true)),
	about('decide after a look', (world, n) => people.decide(world, n, true)),
	about('decide "not there" without a look', (world, n) => people.decide(world, n, false)),
	...often(
		about('write a message', (world, n) => people.say(world, n, 'message')),
		2
	),
	about('publish an answer', (world, n) => people.say(world, n, 'answer')),
	about('dispute', (world, n) => people.say(world, n, 'dispute')),
	about('decide a follow-up: it is there', (world, n) => people.decideFollowup(world, n, 'sent')),
	about('decide a follow-up: once more', (world, n) => people.decideFollowup(world, n, 'again')),
	about('see to the task', people.seeToTask),
	about('set the status by hand', (world, n) => people.setStatusByHand(world, n, 'Dalam Proses')),
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
const settings = [
	fc
		.constantFrom('api' as const, 'api' as const, 'manual' as const)
		.map((mode) => set(`switch to ${mode}`, { LAPOR_MODE: mode })),
	fc.boolean().map((on) => set(`look-up ${on ? 'on' : 'off'}`, { LAPOR_LOOKUP: on }))
];

const WAITS = [1000, MINUTE, 2 * MINUTE, 6 * MINUTE, 16 * MINUTE, HOUR, 2 * HOUR, 25 * HOUR, 72 * HOUR];
const long = (ms: number): string => (ms < MINUTE ? 'a second' : ms < HOUR ? `${ms / MINUTE} min` : `${ms / HOUR} h`);

async function wait(world: World, ms: number): Promise<void> {
	if (ms >= 15 * MINUTE) await lapor.letLateOnesIn(world);
	clock.now = new Date(clock.now.getTime() + ms);
}

/** Time goes by, and the minute's round makes jobs. */
async function waitAndSweep(world: World, ms: number): Promise<void> {
	await wait(world, ms);
	await workers.sweep(world, undefined);
}

const time = fc.constantFrom(...WAITS).map((ms) =>
	step(`wait ${long(ms)}`, async (world) => {
		await wait(world, ms);
		return 'waited';
	})
);

const atLapor = [
	...often(
		lapor.FAULT.map((fault) => step(`fault ${JSON.stringify(fault)}`, (world) => lapor.setFaults(world, [fault]))),
		2
	),
	fc.constant(step('LAPOR is well again', (world) => lapor.setFaults(world))),
	fc
		.tuple(which, fc.constantFrom(...lapor.STATUSES), fc.boolean())
		.map(([n, name, noted]) =>
			step(`LAPOR sets ${name}${noted ? ' with a note' : ''} (case ${n})`, (world) => lapor.move(world, n, name, noted))
		),
	fc
		.tuple(which, fc.constantFrom(...lapor.STATUSES, undefined))
		.map(([n, name]) =>
			step(`LAPOR writes${name ? ` and sets ${name}` : ''} (case ${n})`, (world) => lapor.write(world, n, name))
		),
	about('keep what LAPOR says', lapor.keepAnswer),
	about('the next poll meets older news', lapor.answerStale)
];

const most = fc.integer({ min: 1, max: 6 });
const crew = fc.oneof(
	fc.tuple(most, interruption).map(([jobs, end]) => ({
		name: `a worker does ${jobs} jobs${inWords(end)}`,
		work: (world: World) => workers.workAlone(world, jobs, end)
	})),
	fc.tuple(most, fc.boolean(), interruption, interruption).map(([jobs, same, one, other]) => ({
		name: `two workers do ${jobs} ${same ? 'same ' : ''}jobs${inWords(one)}${inWords(other)}`,
		work: (world: World) => workers.workTogether(world, jobs, same, [one, other])
	}))
);
const work = crew.map(({ name, work }) => step(name, work));
const sweeping = interruption.map((end) => step(`sweep${inWords(end)}`, (world) => workers.sweep(world, end)));
const resuming = fc.constant(step('frozen workers resume', workers.resume));

/** As an installation runs: time goes by, the minute's round makes jobs, workers do them. */
const round = fc.tuple(fc.constantFrom(...WAITS), crew).map(([ms, { name, work }]) =>
	step(`${long(ms)} later a sweep, then ${name}`, async (world) => {
		await waitAndSweep(world, ms);
		return work(world);
	})
);

/** A report meets a fault at its first try. */
const unlucky = fc
	.tuple(OPENING, fc.constantFrom('create' as const, 'create' as const, 'upload' as const).chain(lapor.nextFault), crew)
	.map(([given, fault, { name, work }]) => {
		const act = async (world: World) => {
			await lapor.setFaults(world, [fault]);
			await people.openAndEscalate(world, given);
			return work(world);
		};
		return step(`${openingWords(given)} while ${JSON.stringify(fault)}; ${name}`, act, { opens: true });
	});

/** A worker freezes while it sends a report; others find its lease expired; it resumes. */
const slow = fc
	.tuple(OPENING, fc.constantFrom('createComplaint' as const, 'uploadFiles' as const), crew, fc.boolean())
	.map(([given, call, { name, work }, decided]) => {
		const then = `2 min later ${decided ? '"not there", ' : ''}${name}; it goes on`;
		const act = async (world: World) => {
			await people.openAndEscalate(world, given);
			const told = [await workers.workAlone(world, 20, { how: 'freezes', at: { call, when: 'after' } })];
			await waitAndSweep(world, 2 * MINUTE);
			if (decided) told.push(await people.decide(world, world.cases.length - 1, false));
			told.push(await work(world), await workers.resume(world));
			return told.join('; ');
		};
		return step(`${openingWords(given)}; a worker freezes after ${call}; ${then}`, act, { opens: true });
	});

/** A follow-up meets a fault on its way, and the next poll finds out whether it arrived. */
const misheard = fc
	.tuple(
		which,
		fc.constantFrom('message' as const, 'answer' as const, 'dispute' as const),
		lapor.nextFault('followup_add'),
		crew
	)
	.map(([n, what, fault, { name, work }]) =>
		step(`say (${what}, case ${n}) while ${JSON.stringify(fault)}; ${name}, and 16 min later again`, async (world) => {
			await lapor.setFaults(world, [fault]);
			const told = [await people.say(world, n, what), await workers.workAlone(world, 20, undefined)];
			told.push(await work(world));
			await waitAndSweep(world, 16 * MINUTE);
			return [...told, await work(world)].join('; ');
		})
	);

/** LAPOR moves a report and is polled, and then a machine that lags behind answers with the older state. */
const lagging = fc.tuple(which, fc.constantFrom(...lapor.STATUSES), crew).map(([n, status, { name, work }]) =>
	step(`LAPOR sets ${status} (case ${n}); ${name}; then the poll meets the answer of before`, async (world) => {
		const told = [await lapor.keepAnswer(world, n)];
		await wait(world, 3 * HOUR);
		told.push(await lapor.move(world, n, status, true));
		await workers.sweep(world, undefined);
		told.push(await work(world));
		await wait(world, 25 * HOUR);
		told.push(await lapor.answerStale(world, n));
		await workers.sweep(world, undefined);
		return [...told, await work(world)].join('; ');
	})
);

/** All commands; those that bring a forward on are more frequent. */
export const COMMANDS = [
	...often(round, 12),
	...often(work, 4),
	...often(unlucky, 5),
	...often(slow, 3),
	...often(misheard, 4),
	...often(lagging, 3),
	opening,
	sweeping,
	...often(resuming, 2),
	time,
	...persons,
	...settings,
	...atLapor
];
