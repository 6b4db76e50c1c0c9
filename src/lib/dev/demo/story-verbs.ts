import { CASE_CLASSES, PRIORITIES } from '#lib/cases/vocabulary.ts';
import { localDate } from '#lib/calendar/days.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { writeToOffice, scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { forwardsOfCase } from '#lib/server/escalation/view.ts';
import { archiveCase, reopenCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { revealReporter } from '#lib/server/cases/reveal-reporter.ts';
import { now } from '#lib/server/clock.ts';
import { enterAnswer, inboundOfCase, inboundReport } from '#lib/server/escalation/from-lapor/reports.ts';
import { receiveInbound } from '#lib/server/escalation/from-lapor/receive.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Fault, DemoLapor } from './demo-lapor.ts';
import { photo, type PhotoName } from './photos.ts';
import type { StoryPerson } from './staff.ts';
import type { Step } from './stories.ts';

/** The case of a story, with what a step needs to change it. */
export interface StoryCase {
	readonly reference: string;
	readonly caseId: number;
	/** The reporter consents to an account at LAPOR. */
	readonly consent: boolean;
	readonly lapor: DemoLapor;
	actor(person: StoryPerson): Actor;
	/** The input of a verb, with the present version of the case. */
	on(input: Record<string, unknown>): Promise<Record<string, unknown>>;
	/** The reference of another story's case. */
	referenceOf(story: string): string;
}

type Verb = (storyCase: StoryCase, step: Step) => Promise<unknown>;

/** A verb that staff use at the desk. */
const desk =
	(
		act: (actor: Actor, reference: string, input: Record<string, unknown>) => Promise<unknown>,
		input: (step: Step, storyCase: StoryCase) => Record<string, unknown>,
		defaultPerson: StoryPerson = 'handler'
	): Verb =>
	async (storyCase, step) =>
		act(storyCase.actor(step.by ?? defaultPerson), storyCase.reference, await storyCase.on(input(step, storyCase)));

/** Forwards the case. With a fault, LAPOR fails once in that way. */
const forward =
	(fault?: Fault): Verb =>
	async (storyCase, { by = 'handler', text: reason }) => {
		const input = { purpose: 'record', reason, consent: storyCase.consent || undefined };
		await storyCase.lapor.forward(storyCase.actor(by), storyCase.reference, await storyCase.on(input), fault);
	};

/** The sandbox's response to a report that LAPOR rejects. */
const REFUSED: Fault = {
	kind: 'answer',
	status: 422,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify({
		status: 422,
		message: 'The given data was invalid.',
		errors: { content: ['Uraian laporan perlu menyebutkan lokasi kejadian.'] }
	})
};

/** The verbs of `story-steps.csv`. Each calls the function behind the site's forms. */
export const VERBS: Readonly<Record<string, Verb>> = {
	/** `about`: the category; `more`: class and priority, if they are not the default. */
	verify: desk(verifyCase, ({ about, more, text }) => {
		const words = more.split(' ');
		const [priority] = PRIORITIES.filter((one) => words.includes(one));
		return {
			category: about,
			class: CASE_CLASSES.find((one) => words.includes(one)) ?? 'plain',
			priority,
			reason: text || undefined
		};
	}),
	assign: desk(assignCase, ({ about }, storyCase) => ({ assignee: storyCase.actor(about as StoryPerson).accountId })),
	ask: desk(askReporter, ({ text }) => ({ body: text })),
	write: desk(writeMessage, ({ text }) => ({ body: text, public: true })),
	note: desk(writeMessage, ({ text }) => ({ body: text, public: false })),
	answer: desk(answerCase, ({ text }) => ({ body: text })),
	approve: desk(decideDraft, () => ({ decision: 'approve' }), 'head'),
	send_back: desk(decideDraft, ({ text }) => ({ decision: 'send_back', reason: text }), 'head'),
	/** `about`: the reason; `more`: the story of which the report is a duplicate. */
	archive: desk(archiveCase, ({ about, more, text }, storyCase) => ({
		reason: about,
		note: text,
		duplicate_of: more ? storyCase.referenceOf(more) : undefined
	})),
	reopen: desk(reopenCase, ({ text }) => ({ reason: text }), 'head'),
	reveal: (storyCase, { by = 'head', text }) =>
		revealReporter(storyCase.actor(by), storyCase.reference, { reason: text }),
	contacted: (storyCase, { by = 'handler', about }) =>
		recordContact(storyCase.actor(by), storyCase.reference, { by: about }),
	/** The reporter writes, or answers the office's question. `about`: a photo. */
	reply: async ({ caseId }, { about, text }) =>
		writeToOffice(caseId, { body: text }, about ? [await photo(about as PhotoName)] : []),
	score: ({ caseId }, { about, text }) => scoreAnswer(caseId, { score: Number(about), comment: text }),
	/** The reporter disputes an answer or objects to an archiving. */
	dispute: ({ caseId }, { text }) => submitObjection(caseId, { body: text }),

	forward: forward(),
	/** LAPOR stored the report, but its response was lost, so the forward is unknown. */
	forward_lost: forward({ kind: '500_after' }),
	forward_refused: forward(REFUSED),
	forward_by_hand: async (storyCase, { text: reason }) => {
		const input = await storyCase.on({ purpose: 'record', reason });
		await storyCase.lapor.forwardByHand(storyCase.actor('handler'), storyCase.reference, input);
	},
	/** `about`: the institution. */
	transfer: async (storyCase, { about, text: reason }) => {
		const input = await storyCase.on({ purpose: 'transfer', institution: about, reason });
		await storyCase.lapor.forward(storyCase.actor('handler'), storyCase.reference, input);
	},
	/** `about`: the new status. */
	lapor_sets_status: ({ lapor, caseId }, { about, text = '' }) => lapor.setStatus(caseId, about, text),
	/** `about`: the new status; `more`: the institution that writes. */
	lapor_answers: ({ lapor, caseId }, { about, more, text = '' }) => lapor.answer(caseId, text, more, about),
	/** LAPOR forwards our report back to the office, with LAPOR's number. */
	lapor_forwards_back: async (storyCase) => {
		const actor = storyCase.actor('handler');
		const { row, unit } = await caseForActor(actor, storyCase.reference);
		const [sent] = await forwardsOfCase(row);
		if (!sent?.laporId) throw new Error('the report was never sent to LAPOR');
		await receiveInbound(actor, {
			unit: unit.code,
			lapor_id: sent.laporId,
			received_on: localDate(now(), unit.timeZone),
			title: row.title,
			content: `${sent.reference}\n${row.body}`
		});
	},
	/** The handler records that the office's answer was written at LAPOR. */
	answer_entered: async (storyCase) => {
		const actor = storyCase.actor('handler');
		const { row } = await caseForActor(actor, storyCase.reference);
		for (const { id, answerMissing } of await inboundOfCase(row))
			if (answerMissing) await enterAnswer(actor, id, { settled: (await inboundReport(actor, id)).settledAt });
	}
};
