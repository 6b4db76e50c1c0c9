import { COUNTED_DRAFTS, draftsToDecide } from '#lib/server/cases/answers/approval-lists.ts';
import { choiceReader, type InboxFilter } from '#lib/server/cases/inbox/filter.ts';
import { handledReport, workAfter, workAfterVerification } from '#lib/server/cases/inbox/next-work.ts';
import { DEFAULT_INBOX, sameChoice } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
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
 *
 * @param list query string of the list from which the person came
 */
export async function pageAfter(
	actor: Actor,
	reference: string,
	done: Done,
	list: string | null = null,
	hidden = `/desk?gone=${encodeURIComponent(reference)}`
): Promise<string> {
	const handled = await handledReport(actor, reference);
	if (!handled) return hidden;
	if (LEADS_ON.includes(done)) return nextWorkPage(actor, isDecision(done), list, { ...handled, done });
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
 * messages. Only work of the list from which the person came is opened and counted (`work=list`).
 *
 * @param decides the next draft to decide instead of the next report
 * @param list query string of that list
 * @param after the case that was just handled, and the outcome to show
 */
export async function nextWorkPage(actor: Actor, decides: boolean, list: string | null, after?: After) {
	const verified = after?.done === 'verified';
	const within = decides ? undefined : await filterOf(actor, list);
	const [opens, { work, toVerify }] = await Promise.all([
		after?.opens ?? afterActionOf(actor),
		verified
			? workAfterVerification(actor, after.reference, within)
			: otherWork(actor, decides, after?.reference, within)
	]);
	const [next] = work;
	const listed = decides ? '/desk/approvals' : '/desk';
	const left = { left: String(work.length), work: toVerify ? 'unverified' : within ? 'list' : null };
	const stays = opens === 'case' || (opens === 'next' && !next && verified);
	// `left` without `of`: the message is about the case on the page, and the person may choose differently.
	if (after && stays) {
		return withQuery(`/desk/cases/${after.reference}${verified ? '/answer' : ''}`, { done: after.done, ...left });
	}
	const address = opens === 'next' && next ? `/desk/cases/${next}${decides ? '/approval' : ''}` : listed;
	return after ? withQuery(address, { done: after.done, of: after.reference, ...left }) : address;
}

/** The filter of a list, if it is narrower than the inbox. A search finds a report and is not a list to work through. */
async function filterOf(actor: Actor, list: string | null) {
	const choice = readInboxChoice(new URLSearchParams(list ?? ''));
	if (choice.q || sameChoice(choice, DEFAULT_INBOX)) return undefined;
	return (await choiceReader(actor))(choice);
}

async function otherWork(actor: Actor, decides: boolean, handled: string | undefined, within?: InboxFilter) {
	if (!decides) return { work: await workAfter(actor, handled, within), toVerify: false };
	const { items } = await draftsToDecide(actor, undefined, COUNTED_DRAFTS);
	return { work: items.map(({ reference }) => reference), toVerify: false };
}
