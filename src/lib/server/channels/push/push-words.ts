import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { inLocale } from '#lib/server/in-locale.ts';
import { noticeBrief, type NoticeKind } from '#lib/words/notices.ts';

/** Kinds of push messages: notices to staff, a test of a device, and news for a reporter. */
export type PushKind = NoticeKind | 'test' | ReporterPush;
/** A reporter's screen may be seen by others, so it shows only whether the office waits for the reporter. */
export type ReporterPush = 'news' | 'question';

/** What a browser gets: all that leaves the site. */
export interface PushPayload {
	kind: PushKind;
	/** A sentence without number, name or words of a report. */
	text: string;
	/** The page that a tap opens. */
	page: '/lacak' | '/desk' | '/desk/notices';
}

/** Composes the message of a kind. Notices without brief words may be for people without a desk. */
export function pushPayload(kind: PushKind, locale: Locale): PushPayload {
	if (kind === 'news') return { kind, text: m.push_says_news({}, { locale }), page: '/lacak' };
	if (kind === 'question') return { kind, text: m.push_says_question({}, { locale }), page: '/lacak' };
	if (kind === 'test') return { kind, text: m.push_says_test({}, { locale }), page: '/desk/notices' };
	const brief = noticeBrief(kind);
	// Officers are asked outside the desk.
	const page = brief && kind !== 'clarification_asked' ? '/desk' : '/desk/notices';
	return { kind, text: inLocale(locale, brief ?? m.push_says_other), page };
}
