import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { CASE_KINDS, CATEGORIES, CHANNELS, IDENTITIES, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { OFFICE_SLUGS } from './offices.ts';
import { PHOTO_NAMES } from './photos.ts';
import { PARTS } from './staff.ts';

const number = z.coerce.number().optional();

/** One report of `stories.csv`: how it came in. `ago` and `noted_after` count working days, `ago` before today. */
const storyRow = z.strictObject({
	/** By which its steps, scripts and tests find it. */
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
	/** Days after receipt at which staff recorded it; absent if the reporter sent it. */
	noted_after: number,
	/** Calendar days between the incident and the report. */
	incident: number,
	/** Number of the officer whom the reporter chose; 0: the head. */
	officer: number,
	/** LAPOR forwarded it to the office under this number; its reporter is unknown here. */
	lapor_id: z.string().optional(),
	photo: z.enum(PHOTO_NAMES).optional(),
	/** `publish`: the reporter allows publication; `consent`: and an account at LAPOR; `flagged`: sent as a machine would. */
	marks: z.string().default(''),
	title: z.string().optional(),
	body: z.string(),
	/** The solution that the reporter hopes for. */
	hopes: z.string().optional()
});

/** One step of `story-steps.csv`, `ago` working days before today. What `about` and `more` hold is up to the verb. */
const stepRow = z.strictObject({
	story: z.string(),
	ago: z.coerce.number(),
	by: z.enum(PARTS).optional(),
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
