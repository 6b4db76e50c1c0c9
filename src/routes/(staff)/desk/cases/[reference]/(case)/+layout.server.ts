import { now } from '#lib/server/clock.ts';
import { linksOf, referencesIn } from '#lib/server/cases/linking/link.ts';
import { likelyDuplicatesOf } from '#lib/server/cases/triage/duplicates.ts';
import { peopleToMention } from '#lib/server/cases/conversation/message.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { peopleDeputisedFor } from '#lib/server/people/absence.ts';
import { inboundOfCase } from '#lib/server/escalation/inbound/reports.ts';
import { unrecordedViewOf } from '#lib/server/escalation/unrecorded.ts';
import { forwardsForActor } from '#lib/server/escalation/view.ts';
import { templatesOfCase } from '#lib/server/web/forms/case-templates.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params, depends }) => {
	depends('desk:case');
	const [shown, forwards, inbound, unrecorded, similar, absent] = await Promise.all([
		deskCase(actor, params.reference),
		forwardsForActor(actor, params.reference),
		inboundOfCase(actor, params.reference),
		unrecordedViewOf(actor, params.reference),
		likelyDuplicatesOf(actor, params.reference),
		peopleDeputisedFor(actor.accountId)
	]);
	const [links, references, templates, colleagues] = await Promise.all([
		linksOf(actor, params.reference, shown.timeline),
		referencesIn(actor, shown.timeline),
		templatesOfCase(actor, shown),
		peopleToMention(actor, params.reference)
	]);
	// Name of the absent assignee for whom the reader is the deputy today.
	const standsInFor = absent.find((person) => person.id === shown.assigneeId)?.name;
	const about = { similar, links, references, standsInFor };
	return { shown, forwards, inbound, unrecorded, ...about, templates, colleagues, now: now() };
});
