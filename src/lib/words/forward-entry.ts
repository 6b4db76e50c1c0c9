import type { EscalationPurpose, TimelineType } from '#lib/cases/vocabulary.ts';
import { linkedFiles } from '#lib/text/linked-files.ts';
import { m } from '#lib/paraglide/messages.js';
import { escalationPurposeWord } from './escalation.ts';
import { forwardReason, forwardTask } from './forward.ts';

const followupSources: Record<string, () => string> = {
	answer: m.escalation_followup_answer,
	message: m.escalation_followup_message,
	dispute: m.escalation_followup_dispute
};

/** What a follow-up repeats. */
export const followupSourceWord = (source: string): string => followupSources[source]?.() ?? source;

type Data = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);
const worded = (value: unknown, words: (value: string) => string): string | undefined => {
	const given = text(value);
	return given === undefined ? undefined : words(given);
};

/** What goes with the heading of an entry about a forward, line by line; foreign words stand as they came. */
export function forwardEntryLines(type: TimelineType, data: Data): (string | undefined)[] {
	switch (type) {
		case 'escalation_waiting':
			return [
				data.again === true ? m.escalation_entry_again() : undefined,
				worded(data.purpose, (purpose) => escalationPurposeWord(purpose as EscalationPurpose)),
				text(data.institution)
			];
		case 'escalation_sent':
			return [worded(data.lapor_id, (id) => `#${id}`), text(data.institution), sentBy(data.by)];
		case 'escalation_unknown':
		case 'escalation_rejected':
		case 'escalation_stuck':
		case 'escalation_delayed':
			return [worded(data.reason, forwardReason), text(data.text)];
		case 'escalation_resolved':
			return [
				data.outcome === 'found'
					? m.escalation_entry_found({ id: String(data.lapor_id) })
					: m.escalation_entry_absent(),
				text(data.reason)
			];
		case 'escalation_closed':
			return [data.superseded === true ? m.escalation_entry_superseded() : text(data.status_name)];
		case 'escalation_status':
			return [text(data.status_name), text(data.note)];
		case 'escalation_followup':
			return [text(data.institution), text(data.content), ...linkedFiles(data.attachments).map(({ name }) => name)];
		case 'escalation_followup_sent':
		case 'escalation_followup_again':
			return [
				worded(data.source, followupSourceWord),
				data.by === 'hand' && type === 'escalation_followup_sent' ? m.escalation_entry_by_hand() : undefined
			];
		case 'escalation_inbound':
		case 'escalation_answer_entered':
			return [worded(data.lapor_id, (id) => `#${id}`)];
		case 'escalation_task':
			return [worded(data.task, forwardTask), text(data.text)];
		default:
			return [text(data.reason)];
	}
}

function sentBy(by: unknown): string | undefined {
	if (by === 'person') return m.escalation_entry_by_person();
	if (by === 'inbound') return m.inbound_entry_by();
	return by === 'lookup' ? m.escalation_entry_by_lookup() : undefined;
}
