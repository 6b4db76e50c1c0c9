import * as fc from 'fast-check';
import { localDate, localTime } from '#lib/calendar/days.ts';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { withdrawOwnDraft } from '#lib/server/cases/answers/withdraw-draft.ts';
import { archiveCase, reopenCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { classifyCase, verifyCase } from '#lib/server/cases/handling/verify.ts';
import { returnToOffice, transferCase } from '#lib/server/cases/handling/transfer.ts';
import { linkCase, unlinkCase } from '#lib/server/cases/linking/link.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { changeNamedOfficers } from '#lib/server/cases/officers/officers-of-case.ts';
import { declineObjection, submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { recordReporterAnswer } from '#lib/server/cases/conversation/record-answer.ts';
import { writeToOffice, scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { sendMainAnswer } from '#lib/server/cases/linking/send-main-answer.ts';
import { sweepReporterTurns } from '#lib/server/cases/conversation/close-after-silence.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ANSWER, readCase } from '../office.ts';

/** The subject of a random history: one report, the people who act on it, and a clock. */
export interface Ground {
	reference: string;
	caseId: number;
	/** The suggestion of another person about the same matter, to which the report may be linked. */
	main: string;
	people: readonly Actor[];
	/** An officer of the office with an account among `people`. */
	officerId: string;
	clock: { now: Date };
}

/** A verb of staff, with the version of the case that it is based on. */
type Verb = (who: Actor, ground: Ground, version: number) => Promise<unknown>;
/** An event without a version: acts of the reporter, passing time, an absence. */
type CaseEvent = (ground: Ground, who: Actor) => Promise<unknown>;

/** Staff record an answer that the reporter gave `hours` ago. */
const recordAnswerGivenAgo =
	(hours: number, kind: 'answer' | 'objection' | 'unreached'): Verb =>
	(who, { reference }, version) => {
		const answeredAt = ago(hours * HOUR_MS);
		return recordReporterAnswer(who, reference, {
			kind,
			by: 'phone',
			on: localDate(answeredAt, 'Asia/Makassar'),
			time: localTime(answeredAt, 'Asia/Makassar'),
			body: 'Pelapor menyampaikan ini lewat telepon.',
			submission_id: crypto.randomUUID(),
			version
		});
	};

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
	withdraw: verbOf(withdrawOwnDraft),
	archive: verbOf(archiveCase, { reason: 'out_of_scope' }),
	reopen: verbOf(reopenCase, { reason: 'Ditinjau lagi.' }),
	decline: verbOf(declineObjection, { reason: 'Bukan urusan kantor ini.' }),
	raise: verbOf(classifyCase, {
		category: 'behaviour',
		class: 'oversight',
		priority: 'high',
		reason: 'Perlu diperiksa.'
	}),
	name: verbOf(changeNamedOfficers, ({ officerId }) => ({ officer: officerId, action: 'add' })),
	link: verbOf(linkCase, ({ main }) => ({ main })),
	unlink: verbOf(unlinkCase, { reason: 'Hal yang lain.' }),
	'send the main answer': verbOf(sendMainAnswer),
	'record an answer': recordAnswerGivenAgo(0, 'answer'),
	'record an answer late': recordAnswerGivenAgo(30, 'answer'),
	'record an objection': recordAnswerGivenAgo(0, 'objection'),
	'record an objection late': recordAnswerGivenAgo(30, 'objection'),
	'record an attempt': recordAnswerGivenAgo(1, 'unreached'),
	unname: verbOf(changeNamedOfficers, ({ officerId }) => ({
		officer: officerId,
		action: 'remove',
		reason: 'Salah orang.'
	}))
};

const versionOf = async (reference: string) => (await readCase(reference)).version;

const EVENTS: Record<string, CaseEvent> = {
	'reporter writes': ({ caseId }) => writeToOffice(caseId, { body: 'Saya tambahkan keterangan.' }),
	'reporter is satisfied': ({ caseId }) => scoreAnswer(caseId, { score: 5 }),
	'reporter is not satisfied': ({ caseId }) => scoreAnswer(caseId, { score: 1, comment: 'Belum selesai.' }),
	'reporter disputes': ({ caseId }) => submitObjection(caseId, { body: 'Saya belum puas dengan ini.' }),
	'office writes': ({ reference }, who) => writeMessage(who, reference, { body: 'Kami periksa dahulu.', public: true }),
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
		submitObjection((await readCase(main)).id, { body: 'Saya belum puas dengan ini.' }),
	'somebody is away': async (_, who) => {
		const today = localDate(now(), 'Asia/Makassar');
		await db()
			.insert(absences)
			.values({ accountId: who.accountId ?? '', fromDay: today, toDay: today });
	},
	'turns are swept': () => sweepReporterTurns(),
	'another agency gets it': ({ caseId }) => transaction((tx) => transferCase(tx, caseId, 'Dinas Contoh', '1916449')),
	'another agency refuses it': ({ caseId }) =>
		transaction(async (tx) => {
			const found = await lockCase(tx, caseId);
			if (found.row.transferredTo) await returnToOffice(tx, found, 'lapor');
		})
};

const passHours = (count: number): CaseEvent => {
	const pass: CaseEvent = async ({ clock }) => {
		clock.now = new Date(clock.now.getTime() + count * HOUR_MS);
	};
	return pass;
};

export type Step =
	| { name: string; who: number; verb: Verb; rival?: { who: number; verb: Verb }; stale: boolean }
	| { name: string; who: number; event: CaseEvent };

const who = fc.nat({ max: 5 });
/** Weights of the verbs; 1 if not listed. Most reports are answered, and few name an officer. */
const VERB_WEIGHTS: Record<string, number> = {
	verify: 4,
	assign: 3,
	answer: 6,
	approve: 8,
	archive: 2,
	link: 3,
	'send the main answer': 4
};
const verb = fc.constantFrom(
	...Object.entries(VERBS).flatMap((entry) => Array.from({ length: VERB_WEIGHTS[entry[0]] ?? 1 }, () => entry))
);

/** Half of all verbs have a rival that is sent at the same time. A tenth is sent with an outdated version. */
const verbStep: fc.Arbitrary<Step> = fc
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
const eventStep: fc.Arbitrary<Step> = fc
	.record({ who, entry: fc.constantFrom(...Object.entries(EVENTS)) })
	.map(({ who, entry: [name, event] }) => ({ name, who, event }));
const timeStep: fc.Arbitrary<Step> = fc
	.constantFrom(3, 26, 24 * 8, 24 * 45)
	.map((count) => ({ name: `${count} h pass`, who: 0, event: passHours(count) }));

/** One step. Most steps are verbs, with events and passing time between them. */
export const STEP: fc.Arbitrary<Step> = fc.oneof(
	{ arbitrary: verbStep, weight: 6 },
	{ arbitrary: eventStep, weight: 3 },
	{ arbitrary: timeStep, weight: 2 }
);

export const STEPS: fc.Arbitrary<Step[]> = fc.array(STEP, { minLength: 20, maxLength: 50 });
