import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { DeskCase } from '#lib/server/cases/view.ts';
import {
	archiveReasonWord,
	categoryWord,
	channelWord,
	classWord,
	identityWord,
	priorityWord
} from '#lib/words/cases.ts';
import { serviceWord } from '#lib/words/office.ts';

export interface Fact {
	term: string;
	detail: string | null | undefined;
	href?: string;
	/** Address of the form that changes the fact. It opens beside the facts. */
	edit?: string | false;
}

const known = (facts: Fact[]): Fact[] => facts.filter(({ detail }) => detail);

/** The facts of a case in words. The server makes them, as it makes the lines of the history. */
export function caseFacts(shown: DeskCase, inbound: readonly { id: string; laporId: string }[]): Fact[] {
	const { may } = shown;
	const base = `/desk/cases/${shown.reference}`;
	const laporIds = inbound.map(({ laporId }) => `#${laporId}`).join(', ');
	const zone = shown.unit.timeZone;
	const written = shown.openedAt.getTime() !== shown.receivedAt.getTime();
	const category = [
		shown.category ? categoryWord(shown.category) : m.desk_not_set(),
		...(shown.class === 'oversight' ? [classWord('oversight', 'staff')] : [])
	].join(' · ');
	const named = shown.named.map(({ name, source, state, removalBy }) => {
		if (state === 'proposed') return `${name} (${m.desk_officer_proposed().toLocaleLowerCase()})`;
		if (removalBy) return `${name} (${m.desk_officer_removal_asked().toLocaleLowerCase()})`;
		// The site took this name from the place of the report; the reporter did not write it.
		return source === 'place' ? `${name} (${m.desk_officer_of_place()})` : name;
	});
	return known([
		{
			term: m.term_assignee(),
			detail: shown.assignee ?? m.common_nobody_yet(),
			edit: may.assign && `${base}/assignment`
		},
		{ term: m.term_category(), detail: category, edit: may.classify && `${base}/classification` },
		{ term: m.term_priority(), detail: priorityWord(shown.priority), edit: may.classify && `${base}/classification` },
		// The head of the page names the office too, without a way to change it.
		{ term: m.term_unit(), detail: may.handOver ? shown.unit.name : null, edit: `${base}/unit` },
		{ term: m.term_received(), detail: `${formatDateTime(shown.receivedAt, zone)} · ${channelWord(shown.channel)}` },
		{ term: m.desk_fact_written(), detail: written ? formatDateTime(shown.openedAt, zone) : null },
		{ term: m.desk_fact_opened_by(), detail: shown.openedBy },
		{ term: m.term_lapor_id(), detail: laporIds, href: `/desk/inbound/${inbound.at(-1)?.id}` },
		{ term: m.term_place(), detail: shown.place },
		{ term: m.term_service(), detail: shown.service ? serviceWord(shown.service as ServiceKind) : null },
		{ term: m.desk_fact_incident(), detail: shown.incidentOn ? formatDay(shown.incidentOn) : null },
		{ term: m.desk_officers(), detail: named.join(', '), edit: `${base}/officers` },
		{ term: m.desk_fact_handling_unit(), detail: shown.handlingUnit === shown.unit.name ? null : shown.handlingUnit },
		{ term: m.desk_fact_archived(), detail: shown.archiveReason ? archiveReasonWord(shown.archiveReason) : null },
		{ term: m.desk_fact_score(), detail: shown.satisfaction ? m.score_of_five({ score: shown.satisfaction }) : null },
		{ term: m.desk_fact_duplicate_of(), detail: shown.duplicateOf, href: `/desk/cases/${shown.duplicateOf}` }
	]);
}

const mail = { wanted: m.common_yes, stopped: m.mail_case_stopped, refused: m.mail_case_refused };

export const reporterFacts = ({ reporter, ...shown }: DeskCase): Fact[] => {
	const edit = shown.may.contact && `/desk/cases/${shown.reference}/reporter-answer?kind=contact`;
	return known([
		{ term: m.common_name(), detail: reporter?.name ?? identityWord(shown.identity, 'staff') },
		{ term: m.common_phone_number(), detail: reporter?.phone, edit },
		{ term: m.common_email(), detail: reporter?.email, edit },
		{ term: m.mail_case_fact(), detail: shown.reporterMail && mail[shown.reporterMail]() },
		{ term: m.desk_fact_public(), detail: shown.secret ? null : m.desk_public_yes() },
		{ term: m.desk_fact_consent(), detail: shown.consentLapor ? m.common_yes() : null }
	]);
};
