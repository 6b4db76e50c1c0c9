import { eq } from 'drizzle-orm';
import { addDays } from '#lib/calendar/days.ts';
import { openCase } from '#lib/server/cases/open-case.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { receiveInbound } from '#lib/server/escalation/from-lapor/receive.ts';
import { officeIn, type BuiltOffice } from './build-offices.ts';
import type { DemoLapor } from './demo-lapor.ts';
import type { OfficeSlug } from './offices.ts';
import { atMinute, type PastDays } from './past-days.ts';
import { photo } from './photos.ts';
import { usernameOf, type StoryPerson } from './staff.ts';
import type { Story } from './stories.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** The offices, accounts, days and tools with which the stories run. */
export interface DemoRun {
	offices: readonly BuiltOffice[];
	actors: ReadonlyMap<string, Actor>;
	days: PastDays;
	lapor: DemoLapor;
	/** Moves the demo's clock. */
	setClock(at: Date): void;
}

/** A story whose case is open. `receipt` is null if staff recorded the report. */
export interface OpenedStory {
	story: Story;
	caseId: number;
	reference: string;
	receipt: string | null;
}

/** The account of a person in the stories of an office. */
export function actorIn({ actors }: DemoRun, person: StoryPerson, office: OfficeSlug): Actor {
	const username = usernameOf(person, office);
	const actor = actors.get(username);
	if (!actor) throw new Error(`the demo has no account ${username}`);
	return actor;
}

/** Opens the case of a story by the form that citizens and staff use. */
export async function openStory(story: Story, run: DemoRun): Promise<OpenedStory> {
	const office = officeIn(run.offices, story.office);
	const { reference, receipt } = story.lapor_id
		? { reference: await openInbound(story, office, run), receipt: null }
		: await openByForm(story, office, run);
	const [row] = await db().select({ id: cases.id }).from(cases).where(eq(cases.reference, reference));
	if (!row) throw new Error(`the case ${reference} is not there`);
	return { story, caseId: row.id, reference, receipt };
}

async function openByForm(story: Story, office: BuiltOffice, run: DemoRun) {
	const atDesk = story.recorded_after !== undefined;
	const { reference, receipt } = await openCase(formOf(story, office, run.days), {
		...(atDesk
			? { by: 'staff', actor: actorIn(run, 'handler', story.office) }
			: { by: 'form', channel: story.channel ?? (story.at ? 'qr' : 'web') }),
		files: story.photo ? [await photo(story.photo)] : [],
		flagged: story.marks.includes('flagged')
	});
	return { reference, receipt: atDesk ? null : receipt };
}

/** Enters an inbound report from LAPOR, as the handler does. @returns the reference of its case */
async function openInbound(story: Story, office: BuiltOffice, run: DemoRun): Promise<string> {
	const { title, body, kind, category, ago, lapor_id } = story;
	const report = { lapor_id, received_on: run.days.workingDay(ago), title, content: body, kind, category };
	const received = await receiveInbound(actorIn(run, 'handler', story.office), { unit: office.code, ...report });
	if (received.kind !== 'opened') throw new Error(`#${lapor_id} of the demo opened no case`);
	return received.reference;
}

const MORNING = 9 * 60 + 15;

function formOf(story: Story, office: BuiltOffice, days: PastDays): Record<string, unknown> {
	const { kind, title, body, requested_solution, category, service, identity, reporter, at, officer, incident, marks } =
		story;
	const came = days.workingDay(story.ago);
	return {
		unit: office.code,
		kind,
		title,
		body,
		requested_solution,
		category,
		service,
		identity,
		reporter: reporter === undefined ? undefined : reporterNamed(reporter),
		place: at && office[at].code,
		officer: officer === undefined ? undefined : officerId(office, officer),
		incident_on: incident === undefined ? undefined : addDays(came, -incident),
		secret: !marks.includes('publish'),
		consent_lapor: marks.includes('consent'),
		channel: story.recorded_after === undefined ? undefined : story.channel,
		received_at: story.recorded_after ? atMinute(came, MORNING).toISOString() : undefined,
		submission_id: crypto.randomUUID()
	};
}

/** An invented reporter, with a reserved domain and a phone number that does not exist. */
function reporterNamed(number: number) {
	const phone = `0800000000${String(number).padStart(2, '0')}`;
	return {
		name: `Pelapor Contoh ${number}`,
		email: `pelapor${number}@contoh.example`,
		phone: number % 2 === 0 ? phone : undefined
	};
}

function officerId(office: BuiltOffice, number: number): string | undefined {
	if (number === 0) return office.headId ?? undefined;
	return office.officers.find((one) => one.number === number)?.id;
}
