import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { NoticeKind } from '../notice-choices.ts';

/** Kinds of push messages: notices to staff, a test of a device, and news for a reporter. */
export type PushKind = NoticeKind | 'test' | ReporterPush;
/** A reporter's screen may be seen by others, so it shows only whether the office waits for the reporter. */
export type ReporterPush = 'news' | 'question';

type Sentence = (values: Record<string, never>, options: { locale: Locale }) => string;

/** Sentences without number, name or words of a report. Kinds that are not listed have the general one. */
const SENTENCES: Partial<Record<PushKind, Sentence>> = {
	news: m.push_says_news,
	question: m.push_says_question,
	test: m.push_says_test,
	clock_warning: m.letters_choice_clock_warning,
	clock_alert: m.letters_choice_clock_alert,
	clock_overdue: m.push_says_overdue,
	new_case: m.notices_new_case,
	unverified: m.notices_unverified,
	assigned: m.notices_assigned,
	reopened: m.notices_reopened,
	mentioned: m.notices_mentioned,
	approval_wanted: m.push_says_approval,
	approval_passed_up: m.push_says_approval,
	sent_back: m.push_says_sent_back,
	message: m.notices_message,
	info_given: m.notices_info_given,
	disputed: m.notices_disputed,
	objected: m.notices_objected,
	undelivered: m.notices_undelivered,
	clarification_asked: m.notices_clarification_asked,
	clarification_given: m.notices_clarification_given,
	forward_unknown: m.notices_forward_unknown,
	forward_stuck: m.notices_forward_stuck
};

/** What a browser gets: all that leaves the site. */
export interface PushPayload {
	kind: PushKind;
	text: string;
	/** The page that a tap opens. */
	page: '/lacak' | '/desk' | '/desk/notices';
}

/** Composes the message of a kind. Notices without a listed sentence may be for people without a desk. */
export function pushPayload(kind: PushKind, locale: Locale): PushPayload {
	const sentence = SENTENCES[kind];
	const text = (sentence ?? m.push_says_other)({}, { locale });
	if (kind === 'news' || kind === 'question') return { kind, text, page: '/lacak' };
	// Officers are asked outside the desk.
	const atDesk = sentence && kind !== 'test' && kind !== 'clarification_asked';
	return { kind, text, page: atDesk ? '/desk' : '/desk/notices' };
}
