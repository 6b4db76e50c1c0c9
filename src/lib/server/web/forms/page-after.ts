import { COUNTED_DRAFTS, draftsToDecide } from '#lib/server/cases/answers/approval-lists.ts';
import { handledReport, workAfter, workAfterVerification } from '#lib/server/cases/inbox/next-work.ts';
import type { AfterAction } from '#lib/cases/vocabulary.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { afterActionOf } from '#lib/server/people/next-work-choice.ts';
import { withQuery } from '#lib/text/with-query.ts';
import { isDecision, type Done } from '#lib/words/done.ts';

/** Outcomes after which the office has nothing to do on the case for now, so the person goes on with other work. */
const LEADS_ON: readonly Done[] = [
	'verified',
	'answered',
	'answered_directly',
	'drafted',
	'approved',
	'archive_approved',
	'sent_back',
	'archived',
	'archive_drafted',
	'forwarded'
];

/**
 * Address after a verb, which shows `done`: the next piece of work, the list or the case. `hidden` if the person may not
 * see the case any more.
 */
export async function pageAfter(
	actor: Actor,
	reference: string,
	done: Done,
	hidden = `/desk?gone=${encodeURIComponent(reference)}`
): Promise<string> {
	const handled = await handledReport(actor, reference);
	if (!handled) return hidden;
	if (LEADS_ON.includes(done)) return nextWorkPage(actor, isDecision(done), { ...handled, done });
	return `/desk/cases/${handled.reference}?done=${done}`;
}

interface After {
	reference: string;
	done: Done;
	/** What the person has chosen. Without it, the choice is read. */
	opens?: AfterAction;
}

/**
 * Address of the person's most urgent work, of the list or of the case just handled, as the person has chosen. After a
 * verification, unverified reports come first, and only they are counted (`work=unverified`). If no other report waits,
 * the verified one does. The form of its answer is open, because the page of an unassigned report shows the form for
 * messages.
 *
 * @param decides the next draft to decide instead of the next report
 * @param after the case that was just handled, and the outcome to show
 */
export async function nextWorkPage(actor: Actor, decides: boolean, after?: After) {
	const verified = after?.done === 'verified';
	const [opens, { work, toVerify }] = await Promise.all([
		after?.opens ?? afterActionOf(actor),
		verified ? workAfterVerification(actor, after.reference) : otherWork(actor, decides, after?.reference)
	]);
	const [next] = work;
	const list = decides ? '/desk/approvals' : '/desk';
	const left = { left: String(work.length), work: toVerify ? 'unverified' : null };
	const stays = opens === 'case' || (opens === 'next' && !next && verified);
	// `left` without `of`: the message is about the case on the page, and the person may choose differently.
	if (after && stays) {
		return withQuery(`/desk/cases/${after.reference}${verified ? '/answer' : ''}`, { done: after.done, ...left });
	}
	const address = opens === 'next' && next ? `/desk/cases/${next}${decides ? '/approval' : ''}` : list;
	return after ? withQuery(address, { done: after.done, of: after.reference, ...left }) : address;
}

async function otherWork(actor: Actor, decides: boolean, handled: string | undefined) {
	if (!decides) return { work: await workAfter(actor, handled), toVerify: false };
	const { items } = await draftsToDecide(actor, undefined, COUNTED_DRAFTS);
	return { work: items.map(({ reference }) => reference), toVerify: false };
}
