import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { addDays } from '#lib/calendar/days.ts';
import { openCase } from '#lib/server/cases/open.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { receiveInbound } from '#lib/server/escalation/inbound/receive.ts';
import type { BuiltOffice } from './build-offices.ts';
import type { LaporStage } from './lapor-stage.ts';
import type { OfficeSlug } from './offices.ts';
import { atMinute, type PastDays } from './past-days.ts';
import { photo } from './photos.ts';
import { usernameOf, type Part } from './staff.ts';
import type { Opening, Story } from './story.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Everything the stories are played with. */
export interface Company {
	offices: readonly BuiltOffice[];
	actors: ReadonlyMap<string, Actor>;
	days: PastDays;
	lapor: LaporStage;
	/** Moves the demo's clock. */
	setClock(at: Date): void;
}

/** A story whose report has come in. The receipt is its reporter's; one that the desk noted is kept nowhere. */
export interface OpenedStory {
	story: Story;
	caseId: number;
	reference: string;
	receipt: string | null;
}

/** The account behind a part, as seen from an office. */
export function actorIn({ actors }: Company, part: Part, office: OfficeSlug): Actor {
	const username = usernameOf(part, office);
	const actor = actors.get(username);
	if (!actor) throw new Error(`the demo has no account ${username}`);
	return actor;
}

/** Opens the case of a story by the same form that citizens and the desk use. */
export async function openStory(story: Story, company: Company): Promise<OpenedStory> {
	const { opening } = story;
	const office = company.offices.find(({ slug }) => slug === story.office);
	if (!office) throw new Error(`the demo has no office ${story.office}`);
	if (opening.laporId) return openPassedOn(story, opening.laporId, office, company);
	const files = await Promise.all((opening.photos ?? []).map(photo));
	const atDesk = opening.notedAfter !== undefined;
	const actor = atDesk ? actorIn(company, 'handler', story.office) : null;
	const channel = opening.channel ?? (opening.at ? 'qr' : 'web');
	const context = { channel, actor, files, atDesk, flagged: opening.flagged ?? false };
	const { reference, receipt } = await openCase(formOf(opening, office, company.days), context);
	const [row] = await db().select({ id: cases.id }).from(cases).where(eq(cases.reference, reference));
	if (!row) throw new Error(`the case ${reference} is not there`);
	return { story, caseId: row.id, reference, receipt: atDesk ? null : receipt };
}

/** Takes in a report that LAPOR passed on, as the handler does. */
async function openPassedOn(
	story: Story,
	laporId: string,
	office: BuiltOffice,
	company: Company
): Promise<OpenedStory> {
	const { title, body, kind, category, ago } = story.opening;
	const said = { lapor_id: laporId, received_on: company.days.workingDay(ago), title, content: body, kind, category };
	const received = await receiveInbound(actorIn(company, 'handler', story.office), { unit: office.code, ...said });
	if (received.kind !== 'opened') throw new Error(`#${laporId} of the demo opened no case`);
	const { reference } = received;
	const [row] = await db().select({ id: cases.id }).from(cases).where(eq(cases.reference, reference));
	if (!row) throw new Error(`the case ${reference} is not there`);
	return { story, caseId: row.id, reference, receipt: null };
}

const MORNING = 9 * 60 + 15;

function formOf(opening: Opening, office: BuiltOffice, days: PastDays): Record<string, unknown> {
	const { kind, title, body, hopes, category, service, identity, reporter, at, officer, incident } = opening;
	const came = days.workingDay(opening.ago);
	const noted = opening.notedAfter !== undefined;
	const earlier = noted && opening.notedAfter !== 0;
	return {
		unit: office.code,
		kind,
		title,
		body,
		requested_solution: hopes,
		category,
		service,
		identity,
		reporter: reporter === undefined ? undefined : reporterNamed(reporter),
		place: at && office[at].code,
		officer: officer === undefined ? undefined : officerId(office, officer),
		incident_on: incident === undefined ? undefined : addDays(came, -incident),
		secret: !opening.publish,
		consent_lapor: opening.consent ?? false,
		channel: noted ? opening.channel : undefined,
		received_at: earlier ? atMinute(came, MORNING).toISOString() : undefined,
		submission_id: randomUUID()
	};
}

/** Somebody who doesn't exist: a reserved domain, and a telephone number that belongs to nobody. */
function reporterNamed(number: number) {
	const phone = `0800000000${String(number).padStart(2, '0')}`;
	return {
		name: `Pelapor Contoh ${number}`,
		email: `pelapor${number}@contoh.example`,
		...(number % 2 === 0 ? { phone } : {})
	};
}

function officerId(office: BuiltOffice, number: number): string | undefined {
	if (number === 0) return office.headId ?? undefined;
	return office.officers.find((one) => one.number === number)?.id;
}
