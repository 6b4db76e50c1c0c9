import { ANSWERED } from '#lib/server/demo/stories/answered.ts';
import { ARCHIVED_AND_DISPUTED } from '#lib/server/demo/stories/archived.ts';
import { DELICATE } from '#lib/server/demo/stories/delicate.ts';
import { DRAFTED } from '#lib/server/demo/stories/drafted.ts';
import { FORWARDED } from '#lib/server/demo/stories/forwarded.ts';
import { FROM_LAPOR } from '#lib/server/demo/stories/from-lapor.ts';
import { IN_WORK } from '#lib/server/demo/stories/in-work.ts';
import { NEW_REPORTS } from '#lib/server/demo/stories/new-reports.ts';
import type { Story } from '#lib/server/demo/story.ts';

/** Every report of the demo. */
export const STORIES: readonly Story[] = [
	...NEW_REPORTS,
	...IN_WORK,
	...DRAFTED,
	...ANSWERED,
	...ARCHIVED_AND_DISPUTED,
	...DELICATE,
	...FORWARDED,
	...FROM_LAPOR
];
