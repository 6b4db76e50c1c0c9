import { ANSWERED } from './answered.ts';
import { ARCHIVED_AND_DISPUTED } from './archived.ts';
import { DELICATE } from './delicate.ts';
import { DRAFTED } from './drafted.ts';
import { FORWARDED } from './forwarded.ts';
import { FROM_LAPOR } from './from-lapor.ts';
import { IN_WORK } from './in-work.ts';
import { NEW_REPORTS } from './new-reports.ts';
import type { Story } from '../story.ts';

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
