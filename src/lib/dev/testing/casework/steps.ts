import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { localDate, localTime } from '#lib/calendar/days.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { archiveCase, reopenCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { classifyCase, verifyCase } from '#lib/server/cases/handling/verify.ts';
import { linkCase, unlinkCase } from '#lib/server/cases/linking/link.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { nameInCase } from '#lib/server/cases/officers/named.ts';
import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { dispute, writeToOffice, scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { sendMainAnswer } from '#lib/server/cases/linking/send-main-answer.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/reporter-turns.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ANSWER, standing } from '../office.ts';

/** Where a walk takes place: one report, the people around it, and an hour that moves. */
export interface Ground {
	reference: string;
	caseId: number;
	/** A suggestion of somebody else's about the same matter, which the report may be linked to. */
	main: string;
	people: readonly Actor[];
	/** An officer of the office with an account among `people`. */
	officerId: string;
	clock: { now: Date };
}

/** A verb of somebody of the office, sent for the version it was made from. */
type Verb = (who: Actor, ground: Ground, version: number) => Promise<unknown>;
/** What happens without a version: the reporter, the hour, a person who is away. */
type Happening = (ground: Ground, who: Actor) => Promise<unknown>;

/** Staff record what the reporter said `hours` ago. */
const recordedAfter =
	(hours: number, kind: 'answer' | 'objection' | 'unreached'): Verb =>
	(who, { reference }, version) => {
		const spoken = new Date(now().getTime() - hours * 3_600_000);
		return recordReporterAnswer(who, reference, {
			kind,
			by: 'phone',
			on: localDate(spoken, 'Asia/Makassar'),
			time: localTime(spoken, 'Asia/Makassar'),
			body: 'Pelapor menyampaikan ini lewat telepon.',
			submission_id: randomUUID(),
			version
		});
	};

/** A verb with its input. */
const verbOf =
	(
		act: (who: Actor, reference: string, raw: unknown) => Promise<unknown>,
		input: Record<string, unknown> | ((ground: Ground) => Record<string, unknown>) = {}
	): Verb =>
	(who, ground, version) =>
		act(who, ground.reference, { ...(typeof input === 'function' ? input(ground) : input), version });

const VERBS: Record<string, Verb> = {
	verify: verbOf(verifyCase, { category: 'time', class: 'plain' }),
	assign: verbOf(assignCase, ({ people }) => ({ assignee: people[0]?.accountId })),
	ask: verbOf(askReporter, { body: 'Tanggal berapa itu?' }),
	answer: verbOf(answerCase, { body: ANSWER }),
	approve: verbOf(decideDraft, { decision: 'approve' }),
	sendBack: verbOf(decideDraft, { decision: 'send_back', reason: 'Kurang lengkap.' }),
	archive: verbOf(archiveCase, { reason: 'out_of_scope' }),
	reopen: verbOf(reopenCase, { reason: 'Ditinjau lagi.' }),
	decline: verbOf(declineObjection, { reason: 'Bukan urusan kantor ini.' }),
	raise: verbOf(classifyCase, {
		category: 'behaviour',
		class: 'oversight',
		priority: 'high',
		reason: 'Perlu diperiksa.'
	}),
	name: verbOf(nameInCase, ({ officerId }) => ({ officer: officerId, action: 'add' })),
	link: verbOf(linkCase, ({ main }) => ({ main })),
	unlink: verbOf(unlinkCase, { reason: 'Hal yang lain.' }),
	'send the main answer': verbOf(sendMainAnswer),
	'record an answer': recordedAfter(0, 'answer'),
	'record an answer late': recordedAfter(30, 'answer'),
	'record an objection': recordedAfter(0, 'objection'),
	'record an objection late': recordedAfter(30, 'objection'),
	'record an attempt': recordedAfter(1, 'unreached'),
	unname: verbOf(nameInCase, ({ officerId }) => ({ officer: officerId, action: 'remove', reason: 'Salah orang.' }))
};

const versionOf = async (reference: string) => (await standing(reference)).version;

const HAPPENINGS: Record<string, Happening> = {
	'reporter writes': ({ caseId }) => writeToOffice(caseId, { body: 'Saya tambahkan keterangan.' }),
	'reporter is satisfied': ({ caseId }) => scoreAnswer(caseId, { score: 5 }),
	'reporter is not satisfied': ({ caseId }) => scoreAnswer(caseId, { score: 1 }),
	'reporter disputes': ({ caseId }) => dispute(caseId, { body: 'Saya belum puas dengan ini.' }),
	'office writes': ({ reference }, who) => writeMessage(who, reference, { body: 'Kami periksa dahulu.' }),
	'main case is answered': async ({ main }, who) =>
		answerCase(
			who,
			main,
			{ body: ANSWER, action: 'Satu loket ditambah.', action_on: '2026-11-02', version: await versionOf(main) },
			{ files: [] }
		),
	'main case is archived': async ({ main }, who) =>
		archiveCase(who, main, { reason: 'out_of_scope', version: await versionOf(main) }),
	'main case is disputed': async ({ main }) =>
		dispute((await standing(main)).id, { body: 'Saya belum puas dengan ini.' }),
	'somebody is away': async (_, who) => {
		const today = localDate(now(), 'Asia/Makassar');
		await db()
			.insert(absences)
			.values({ accountId: who.accountId ?? '', fromDay: today, toDay: today });
	},
	'turns are swept': () => sweepReporterTurns()
};

const hours = (few: number): Happening => {
	const pass: Happening = async ({ clock }) => {
		clock.now = new Date(clock.now.getTime() + few * 3_600_000);
	};
	return pass;
};

export type Step =
	| { name: string; who: number; verb: Verb; rival?: { who: number; verb: Verb } | undefined; stale: boolean }
	| { name: string; who: number; happening: Happening };

const who = fc.nat({ max: 5 });
/** How often each is tried: most reports are answered, and most people are named by none. */
const OFTEN: Record<string, number> = {
	verify: 4,
	assign: 3,
	answer: 6,
	approve: 8,
	archive: 2,
	link: 3,
	'send the main answer': 4
};
const verb = fc.constantFrom(
	...Object.entries(VERBS).flatMap((entry) => Array.from({ length: OFTEN[entry[0]] ?? 1 }, () => entry))
);

/** A third of all verbs has a rival that is sent at the same moment, and some are sent for a version that is gone. */
const acted: fc.Arbitrary<Step> = fc
	.record({
		who,
		verb,
		rival: fc.option(fc.record({ who, verb }), { nil: undefined, freq: 2 }),
		stale: fc.nat({ max: 9 })
	})
	.map(({ who, verb: [name, act], rival, stale }) => ({
		name: [name, rival && `against ${rival.verb[0]}`].filter(Boolean).join(' '),
		who,
		verb: act,
		rival: rival && { who: rival.who, verb: rival.verb[1] },
		stale: stale === 0
	}));
const happened: fc.Arbitrary<Step> = fc
	.record({ who, thing: fc.constantFrom(...Object.entries(HAPPENINGS)) })
	.map(({ who, thing: [name, happening] }) => ({ name, who, happening }));
const passed: fc.Arbitrary<Step> = fc
	.constantFrom(3, 26, 24 * 8, 24 * 45)
	.map((few) => ({ name: `${few} h pass`, who: 0, happening: hours(few) }));

/** One step, in the proportions of a desk: mostly verbs, and time that passes between them. */
export const STEP: fc.Arbitrary<Step> = fc.oneof(
	{ arbitrary: acted, weight: 6 },
	{ arbitrary: happened, weight: 3 },
	{ arbitrary: passed, weight: 2 }
);

export const STEPS: fc.Arbitrary<Step[]> = fc.array(STEP, { minLength: 20, maxLength: 50 });
