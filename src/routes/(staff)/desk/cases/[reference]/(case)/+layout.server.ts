import { now } from '#lib/server/clock.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { m } from '#lib/paraglide/messages.js';
import { linksOf, referencesIn } from '#lib/server/cases/linking/link.ts';
import { likelyDuplicatesOf } from '#lib/server/cases/triage/duplicates.ts';
import { peopleToMention } from '#lib/server/cases/conversation/message.ts';
import { deskCaseOf, type WholeDeskCase } from '#lib/server/cases/view.ts';
import { replyWay, type ReplyWay } from '#lib/server/channels/reply-way.ts';
import { heldEntries } from '#lib/server/channels/whatsapp/prepare-message.ts';
import { peopleDeputisedFor } from '#lib/server/people/absence.ts';
import { inboundOfCase } from '#lib/server/escalation/from-lapor/reports.ts';
import { unrecordedViewOf } from '#lib/server/escalation/unrecorded.ts';
import { forwardsOfCase } from '#lib/server/escalation/view.ts';
import { templatesOfCase } from '#lib/server/web/forms/case-templates.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { daysOffExplained } from '#lib/words/clock.ts';
import { forwardLines } from '../escalation/forward-lines.ts';
import { caseFacts, reporterFacts } from './aside/case-facts.ts';
import { historyLines } from './aside/history-lines.ts';
import { conversationTurns } from './conversation-turns.ts';
import { stepTakenWords } from './step-taken-words.ts';

export const load = withActor(async (actor, { params, depends }) => {
	depends('desk:case');
	const found = await caseForActor(actor, params.reference);
	const { row } = found;
	// Queries that need only the opened case wait for it, but not for the search for duplicates.
	const opened = deskCaseOf(actor, found);
	const [whole, links, references, templates, way, held, forwards, inbound, similar, colleagues, absent] =
		await Promise.all([
			opened,
			opened.then(({ timeline }) => linksOf(actor, row, timeline)),
			opened.then(({ timeline }) => referencesIn(actor, timeline)),
			opened.then((whole) => templatesOfCase(actor, found, whole)),
			opened.then(({ reporterMail }) => replyWay(row, reporterMail)),
			heldEntries(row),
			forwardsOfCase(row),
			inboundOfCase(row),
			likelyDuplicatesOf(actor, row),
			peopleToMention(actor, row),
			peopleDeputisedFor(actor.accountId)
		]);
	const { timeline, conversation: _, ...shown } = whole;
	const unrecorded = unrecordedViewOf(found, inbound.length > 0);
	// Name of the absent assignee for whom the reader is the deputy today.
	const standsInFor = absent.find((person) => person.id === row.assigneeId)?.name;
	const zone = shown.unit.timeZone;
	return {
		shown,
		inbound,
		unrecorded,
		similar,
		links,
		standsInFor,
		templates,
		colleagues,
		replyWay: replyWayWords(way, whole),
		lastSeq: timeline.at(-1)?.seq ?? 0,
		lastStep: stepTakenWords(timeline),
		facts: caseFacts(shown, inbound),
		reporterFacts: reporterFacts(shown),
		turns: conversationTurns(whole, held),
		history: historyLines(whole, references),
		forwards: forwardLines(forwards, zone, now()),
		daysOff: new Map(shown.clocks.map((clock) => [clock.id, daysOffExplained(clock, zone)])),
		now: now(),
		submissionId: crypto.randomUUID()
	};
});

/** How a reply reaches the reporter, in words. Chosen on the server, so that no page loads the words of all ways. */
const replyWayWords = ({ by, warning, also }: ReplyWay, { codeNotGiven, unreachable, may }: WholeDeskCase) => {
	if (unreachable) return { way: m.channels_way_none(), warning: null };
	const lacksCode = codeNotGiven && (by === 'site' || by === 'news');
	const code = may.linkReceipt ? m.channels_warning_no_code_link() : m.channels_warning_no_code();
	const obstacle = warning ? m[`channels_warning_${warning}`]() : lacksCode ? code : null;
	const way = [m[`channels_way_${by}`](), also && m.channels_way_also_news()].filter(Boolean).join(' ');
	return { way, warning: obstacle };
};
