import type { ArchiveReason, CaseClass, Category, Priority } from '#lib/cases/vocabulary.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { decideDraft } from '#lib/server/cases/answers/approve.ts';
import { archiveCase, reopenCase } from '#lib/server/cases/handling/archive.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { dispute as disputeCase, sayToOffice, scoreAnswer } from '#lib/server/cases/conversation/report-back.ts';
import { revealReporter } from '#lib/server/cases/reveal.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import type { Part } from './staff.ts';
import { photo, type PhotoName } from './photos.ts';
import type { Step } from './story.ts';

// The verbs of a case as a story tells them: when, by whom, with which words. Each calls the verb that people use.

const step = (ago: number, act: Step['act']): Step => ({ ago, act });

type Verification = { class?: CaseClass; priority?: Priority; reason?: string; by?: Part };

export const verify = (ago: number, category: Category, { by = 'handler', ...rest }: Verification = {}): Step =>
	step(ago, async (stage) =>
		verifyCase(stage.actor(by), stage.reference, await stage.on({ category, class: 'plain', ...rest }))
	);

/** An information request keeps the class it came with. */
export const verifyRequest = (ago: number, category: Category): Step => verify(ago, category, { class: 'information' });

export const assign = (ago: number, to: Part = 'handler', by: Part = 'handler'): Step =>
	step(ago, async (stage) =>
		assignCase(stage.actor(by), stage.reference, await stage.on({ assignee: stage.actor(to).accountId }))
	);

export const ask = (ago: number, body: string, by: Part = 'handler'): Step =>
	step(ago, async (stage) => askReporter(stage.actor(by), stage.reference, await stage.on({ body })));

/** The reporter writes; where the office had asked, this is the answer. */
export const reply = (ago: number, body: string, photos: readonly PhotoName[] = []): Step =>
	step(ago, async ({ caseId }) => sayToOffice(caseId, { body }, await Promise.all(photos.map(photo))));

export const write = (ago: number, body: string, by: Part = 'handler'): Step =>
	step(ago, async (stage) => writeMessage(stage.actor(by), stage.reference, await stage.on({ body })));

export const note = (ago: number, body: string, by: Part = 'handler'): Step =>
	step(ago, async (stage) => writeMessage(stage.actor(by), stage.reference, await stage.on({ body, public: false })));

export const contacted = (ago: number, via: 'whatsapp' | 'phone' | 'email', by: Part = 'handler'): Step =>
	step(ago, (stage) => recordContact(stage.actor(by), stage.reference, { by: via }));

export const answer = (ago: number, body: string, by: Part = 'handler'): Step =>
	step(ago, async (stage) => answerCase(stage.actor(by), stage.reference, await stage.on({ body })));

export const approve = (ago: number, by: Part = 'head'): Step =>
	step(ago, async (stage) => decideDraft(stage.actor(by), stage.reference, await stage.on({ decision: 'approve' })));

export const sendBack = (ago: number, reason: string, by: Part = 'head'): Step =>
	step(ago, async (stage) =>
		decideDraft(stage.actor(by), stage.reference, await stage.on({ decision: 'send_back', reason }))
	);

export const archive = (
	ago: number,
	reason: ArchiveReason,
	note: string,
	{ by = 'handler', sameAs }: { by?: Part; sameAs?: string } = {}
): Step =>
	step(ago, async (stage) => {
		const original = sameAs === undefined ? {} : { duplicate_of: stage.referenceOf(sameAs) };
		return archiveCase(stage.actor(by), stage.reference, await stage.on({ reason, note, ...original }));
	});

export const score = (ago: number, points: 1 | 2 | 3 | 4 | 5, comment?: string): Step =>
	step(ago, ({ caseId }) => scoreAnswer(caseId, { score: points, comment }));

/** "Saya belum puas", or the objection to an archiving. */
export const dispute = (ago: number, body: string): Step => step(ago, ({ caseId }) => disputeCase(caseId, { body }));

export const reopen = (ago: number, reason: string, by: Part = 'head'): Step =>
	step(ago, async (stage) => reopenCase(stage.actor(by), stage.reference, await stage.on({ reason })));

export const reveal = (ago: number, reason: string, by: Part = 'head'): Step =>
	step(ago, (stage) => revealReporter(stage.actor(by), stage.reference, { reason }));
