import type { LocalDate } from '#lib/calendar/days.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import version20261130 from './versions/2026-11-30.json' with { type: 'json' };

/** The day from which the present text is in force. `notice.spec.ts` has its sentences, and the test that proves each. */
export const NOTICE_DATE: LocalDate = '2026-11-30';

/** The text of one version, as it is frozen in `versions`. */
export interface NoticeText {
	sections: { title: Sentence; sentences: Sentence[] }[];
}

/** In Indonesian, and in the other languages that the site had on the day of the version. */
type Sentence = { [locale in Locale]?: string } & { id: string };

/** Every version by the day from which it was in force, newest first. The newest is the present text. */
export const NOTICE_VERSIONS: ReadonlyMap<LocalDate, NoticeText> = new Map<LocalDate, NoticeText>([
	['2026-11-30', version20261130]
]);
