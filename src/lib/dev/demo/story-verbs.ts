import { CASE_CLASSES, PRIORITIES } from '#lib/cases/vocabulary.ts';
import { localDate } from '#lib/calendar/days.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/decide-draft.ts';
import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { dispute, writeToOffice, scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { forwardsOfCase } from '#lib/server/escalation/view.ts';
import { archiveCase, reopenCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { revealReporter } from '#lib/server/cases/reporter.ts';
import { now } from '#lib/server/clock.ts';
import { enterAnswer, inboundOfCase } from '#lib/server/escalation/inbound/reports.ts';
import { receiveInbound } from '#lib/server/escalation/inbound/receive.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Fault, LaporStage } from './lapor-stage.ts';
import { photo, type PhotoName } from './photos.ts';
import type { Part } from './staff.ts';
import type { Step } from './stories.ts';

/** What a step can use when it runs. */
export interface Stage {
	readonly reference: string;
	readonly caseId: number;
	/** The reporter consents to an account at LAPOR. */
	readonly consent: boolean;
	readonly lapor: LaporStage;
	actor(part: Part): Actor;
	/** The input of a verb, with the present version of the case. */
	on(input: Record<string, unknown>): Promise<Record<string, unknown>>;
	/** The reference of another story's case. */
	referenceOf(story: string): string;
}

type Verb = (stage: Stage, step: Step) => Promise<unknown>;

/** A verb that staff use at the desk. */
const desk =
	(
		act: (actor: Actor, reference: string, input: Record<string, unknown>) => Promise<unknown>,
		input: (step: Step, stage: Stage) => Record<string, unknown>,
		defaultPart: Part = 'handler'
	): Verb =>
	async (stage, step) =>
		act(stage.actor(step.by ?? defaultPart), stage.reference, await stage.on(input(step, stage)));

/** Forwards the case. With a fault, LAPOR fails once in that way. */
const forward =
	(fault?: Fault): Verb =>
	async (stage, { by = 'handler', text: reason }) => {
		const input = { purpose: 'record', reason, ...(stage.consent ? { consent: true } : {}) };
		await stage.lapor.forward(stage.actor(by), stage.reference, await stage.on(input), fault);
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
			...(priority ? { priority } : {}),
			...(text ? { reason: text } : {})
		};
	}),
	assign: desk(assignCase, ({ about }, stage) => ({ assignee: stage.actor(about as Part).accountId })),
	ask: desk(askReporter, ({ text }) => ({ body: text })),
	write: desk(writeMessage, ({ text }) => ({ body: text, public: true })),
	note: desk(writeMessage, ({ text }) => ({ body: text, public: false })),
	answer: desk(answerCase, ({ text }) => ({ body: text })),
	approve: desk(decideDraft, () => ({ decision: 'approve' }), 'head'),
	send_back: desk(decideDraft, ({ text }) => ({ decision: 'send_back', reason: text }), 'head'),
	/** `about`: the reason; `more`: the story of which the report is a duplicate. */
	archive: desk(archiveCase, ({ about, more, text }, stage) => ({
		reason: about,
		note: text,
		...(more ? { duplicate_of: stage.referenceOf(more) } : {})
	})),
	reopen: desk(reopenCase, ({ text }) => ({ reason: text }), 'head'),
	reveal: (stage, { by = 'head', text }) => revealReporter(stage.actor(by), stage.reference, { reason: text }),
	contacted: (stage, { by = 'handler', about }) => recordContact(stage.actor(by), stage.reference, { by: about }),
	/** The reporter writes, or answers the office's question. `about`: a photo. */
	reply: async ({ caseId }, { about, text }) =>
		writeToOffice(caseId, { body: text }, about ? [await photo(about as PhotoName)] : []),
	score: ({ caseId }, { about, text }) => scoreAnswer(caseId, { score: Number(about), comment: text }),
	/** The reporter disputes an answer or objects to an archiving. */
	dispute: ({ caseId }, { text }) => dispute(caseId, { body: text }),

	forward: forward(),
	/** LAPOR stored the report, but its response was lost, so the forward is unknown. */
	forward_lost: forward({ kind: '500_after' }),
	forward_refused: forward(REFUSED),
	forward_by_hand: async (stage, { text: reason }) => {
		const input = await stage.on({ purpose: 'record', reason });
		await stage.lapor.forwardByHand(stage.actor('handler'), stage.reference, input);
	},
	/** `about`: the institution. */
	transfer: async (stage, { about, text: reason }) => {
		const input = await stage.on({ purpose: 'transfer', institution: about, reason });
		await stage.lapor.forward(stage.actor('handler'), stage.reference, input);
	},
	/** `about`: the new status. */
	lapor_moves: ({ lapor, caseId }, { about, text = '' }) => lapor.moves(caseId, about, text),
	/** `about`: the new status; `more`: the institution that writes. */
	lapor_says: ({ lapor, caseId }, { about, more, text = '' }) => lapor.says(caseId, text, more, about),
	/** LAPOR forwards our report back to the office, with LAPOR's number. */
	lapor_passes_back: async (stage) => {
		const actor = stage.actor('handler');
		const { row, unit } = await caseForActor(actor, stage.reference);
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
	answer_entered: async (stage) => {
		const actor = stage.actor('handler');
		const { row } = await caseForActor(actor, stage.reference);
		for (const { id, owed } of await inboundOfCase(row)) if (owed) await enterAnswer(actor, id);
	}
};
