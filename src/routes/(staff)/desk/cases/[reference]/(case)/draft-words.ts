import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { DeskDraft } from '#lib/server/cases/answers/approval-lists.ts';

export function draftTitle({ kind, state }: Pick<DeskDraft, 'kind' | 'state'>): string {
	if (kind === 'answer') return state === 'sent_back' ? m.desk_draft_answer_back() : m.desk_draft_answer_waits();
	return state === 'sent_back' ? m.desk_draft_archive_back() : m.desk_draft_archive_waits();
}

/** Who sent a draft back, and why. The site sends a proposal back itself if the reporter has written since. */
export const sentBackWords = ({ decidedBy, reason }: Pick<DeskDraft, 'decidedBy' | 'reason'>) => ({
	by: m.desk_draft_reason({ name: decidedBy ?? m.party_system() }),
	reason: decidedBy ? (reason ?? '') : m.desk_draft_reporter_wrote()
});

/** Heading of the reporter's newest message, which the approver must have read. */
export const newestSaidAt = (at: Date, zone: string): string =>
	m.desk_newest_message({ date: formatDateTime(at, zone) });

/** Names of the people who may decide a draft, and from when more may, or a single signature may suffice. */
export function whoDecides({ deciders, widensAt }: Pick<DeskDraft, 'deciders' | 'widensAt'>, zone: string): string {
	const names = deciders.join(', ');
	if (!widensAt) return m.desk_draft_decided_by({ names });
	const date = formatDateTime(widensAt, zone);
	return names ? m.desk_draft_deciders({ names, date }) : m.desk_draft_nobody({ date });
}
