import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { CASE_KINDS, CATEGORIES, CHANNELS, IDENTITIES, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { OFFICE_SLUGS } from './offices.ts';
import { PHOTO_NAMES } from './photos.ts';
import { STORY_PEOPLE } from './staff.ts';

const number = z.coerce.number().optional();

/** One report of `stories.csv`. `ago` is its day, in working days before today. */
const storyRow = z.strictObject({
	/** Identifies the story in its steps, scripts and tests. */
	name: z.string(),
	office: z.enum(OFFICE_SLUGS),
	ago: z.coerce.number(),
	kind: z.enum(CASE_KINDS),
	category: z.enum(CATEGORIES).optional(),
	service: z.enum(SERVICE_KINDS).optional(),
	identity: z.enum(IDENTITIES),
	/** Number of an invented reporter; needed unless the identity is `none`. */
	reporter: number,
	/** The printed code that the reporter scanned. */
	at: z.enum(['box', 'desk']).optional(),
	channel: z.enum(CHANNELS).optional(),
	/** Working days between arrival and the recording by staff; absent if the reporter sent the report. */
	recorded_after: number,
	/** Calendar days between the incident and the report. */
	incident: number,
	/** Number of the officer whom the reporter chose; 0: the head. */
	officer: number,
	/** LAPOR's number of an inbound report; its reporter is unknown. */
	lapor_id: z.string().optional(),
	photo: z.enum(PHOTO_NAMES).optional(),
	/**
	 * `publish`: the reporter allows publication. `consent`: the reporter allows an account at LAPOR. `flagged`: looks as if
	 * sent by a machine.
	 */
	marks: z.string().default(''),
	title: z.string().optional(),
	body: z.string(),
	requested_solution: z.string().optional()
});

/** One step of `story-steps.csv`, `ago` working days before today. The verb defines the meaning of `about` and `more`. */
const stepRow = z.strictObject({
	story: z.string(),
	ago: z.coerce.number(),
	by: z.enum(STORY_PEOPLE).optional(),
	verb: z.string(),
	about: z.string().default(''),
	more: z.string().default(''),
	text: z.string().optional()
});

export type Step = z.output<typeof stepRow>;
export type Story = z.output<typeof storyRow> & { steps: readonly Step[] };

function table<T>(file: string, row: z.ZodType<T>): T[] {
	const cast = (cell: string, { header }: { header: boolean }) => (cell === '' && !header ? undefined : cell);
	const rows: unknown[] = parse(readFileSync(join(import.meta.dirname, file)), { columns: true, cast });
	return rows.map((one) => row.parse(one));
}

const steps = table('story-steps.csv', stepRow);

/** Every report of the demo. */
export const STORIES: readonly Story[] = table('stories.csv', storyRow).map((story) => ({
	...story,
	steps: steps.filter((step) => step.story === story.name)
}));
