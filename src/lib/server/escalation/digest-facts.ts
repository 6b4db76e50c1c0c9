import { sql } from 'drizzle-orm';
import { unlessProcessingRestricted, visibleTo } from '#lib/server/cases/visibility.ts';
import type { EscalationMode, EscalationState } from '#lib/cases/vocabulary.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { daysBetween, localDate } from '#lib/calendar/days.ts';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { formatDateTime } from '#lib/calendar/format.ts';
import { haltOf, type Halt } from './connection/connection.ts';
import { escalationCounts, inStateSince, isCorrectable, isRestricted } from './list.ts';
import { unrecordedDuty } from './unrecorded.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';
import { forwardReason, forwardTask } from '#lib/words/forward.ts';

/** Groups of forwards in a supervisor's digest; `copy`: a person must copy the report by hand. */
const DIGEST_GROUPS = ['unknown', 'rejected', 'stuck', 'task', 'copy', 'waiting'] as const;
type DigestGroup = (typeof DIGEST_GROUPS)[number];

/**
 * A forward, without its reporter and text. `reason` and `task` are codes. The signed-in page shows the case's title, which
 * is null while processing is restricted; the e-mail never does.
 */
interface DigestRow {
	id: string;
	reference: string;
	state: EscalationState;
	mode: EscalationMode;
	title: string | null;
	since: Date;
	reason: string | null;
	task: string | null;
}

export interface DigestList {
	count: number;
	oldest: Date;
	nextTry: Date | null;
	rows: DigestRow[];
}

/** The part of one person's digest about forwarding. It covers only cases that the person may see. */
export interface DigestFacts {
	halt: Halt | undefined;
	groups: Partial<Record<DigestGroup, DigestList>>;
	/** Forwards by hand without news for five working days. */
	quiet: number;
	/** Complaints that aren't at LAPOR, of offices that record every complaint. */
	unrecorded: { count: number; oldest: Date | null };
	sent: number;
}

const LISTED_ROWS = 5;

const group = sql`case when ${isRestricted} then 'waiting'
	when ${escalations.state} in ('unknown', 'rejected', 'stuck') then ${escalations.state}
	when ${escalations.task} is not null then 'task'
	when ${escalations.mode} = 'manual' then 'copy' else 'waiting' end`;

type RankedRow = Omit<DigestRow, 'since'> & {
	kind: DigestGroup;
	since: string | Date;
	count: number;
	next: string | Date | null;
};

export async function digestFacts(actor: Actor): Promise<DigestFacts> {
	const ranked = await rowsOf<RankedRow>(
		db(),
		sql`select * from (
			select ${group} as kind, ${escalations.id} as id, ${escalations.reference} as reference, ${escalations.state} as state,
				${escalations.mode} as mode, ${unlessProcessingRestricted(cases.title)} as title, ${inStateSince} as since,
				case when ${isRestricted}
					then 'processing_restricted' else ${escalations.reasonCode} end as reason, ${escalations.task} as task,
				count(*) over (partition by ${group})::int as count,
				min(${escalations.nextAttemptAt}) over (partition by ${group}) as next,
				row_number() over (partition by ${group} order by ${inStateSince}, ${escalations.id}) as nth
			from ${escalations} inner join ${cases} on ${cases.id} = ${escalations.caseId}
			where ${visibleTo(actor)} and ${cases.destroyedAt} is null and ${isCorrectable}
				and (${escalations.state} in ('waiting', 'unknown', 'rejected', 'stuck') or ${escalations.task} is not null)
		) ranked where nth <= ${LISTED_ROWS} order by nth`
	);
	const [counts, unrecorded, halt] = await Promise.all([escalationCounts(actor), unrecordedDuty(actor), haltOf()]);
	const groups: DigestFacts['groups'] = {};
	for (const { kind, since, count, next, ...row } of ranked) {
		const nextTry = next === null ? null : new Date(next);
		const list = (groups[kind] ??= { count, oldest: new Date(since), nextTry, rows: [] });
		list.rows.push({ ...row, since: new Date(since) });
	}
	return { halt, groups, quiet: counts.quiet, unrecorded, sent: counts.states.sent?.count ?? 0 };
}

/** `zone`: time zone of the reader's office. `origin`: the site's address, without a slash at the end. */
type DigestReader = { zone: string; at: Date; origin: string };

const LIST = '/desk/escalations';
const pageOf = (group: DigestGroup): string =>
	group === 'task' || group === 'copy' ? `${LIST}?view=todo` : `${LIST}?state=${group}`;
const QUIET_PAGE = `${LIST}?view=quiet`;
const UNRECORDED_PAGE = '/desk/unrecorded';

function titleOf(group: DigestGroup): string {
	if (group === 'task') return 'Perlu dikerjakan untuk SP4N-LAPOR!';
	return group === 'copy' ? 'Menunggu disalin ke lapor.go.id' : escalationStateWord(group, 'api');
}

/** Groups that wait for a person. */
const FOR_PEOPLE: readonly DigestGroup[] = ['unknown', 'rejected', 'stuck', 'task', 'copy'];

/** The digest's paragraphs about forwarding; empty if there is nothing to report. To be called in the Indonesian locale. */
export function forwardingParts(facts: DigestFacts, reader: DigestReader): string[] {
	const { halt, groups, quiet, unrecorded, sent } = facts;
	const paragraphs = [
		...(halt ? [haltPart(halt, reader)] : []),
		...DIGEST_GROUPS.flatMap((group) => {
			const list = groups[group];
			return list ? [groupPart(group, list, halt, reader)] : [];
		}),
		...(quiet > 0 ? [part(`Tanpa kabar selama 5 hari kerja: ${quiet}`, [], QUIET_PAGE, reader)] : []),
		...(unrecorded.count > 0 ? [unrecordedPart(unrecorded, reader)] : [])
	];
	if (paragraphs.length === 0 || sent === 0) return paragraphs;
	return [...paragraphs, `Selain itu ${sent} penerusan sudah tercatat di SP4N-LAPOR! dan dipantau.`];
}

/** The e-mail's subject, by the most urgent fact; undefined if there is nothing to report. */
export function forwardingSubject({ halt, groups, unrecorded, quiet }: DigestFacts): string | undefined {
	if (halt) return 'Penerusan ke SP4N-LAPOR! berhenti';
	const undecided = FOR_PEOPLE.reduce((sum, group) => sum + (groups[group]?.count ?? 0), 0);
	if (undecided > 0) return `${undecided} penerusan ke SP4N-LAPOR! menunggu tindakan`;
	if (unrecorded.count > 0) return `${unrecorded.count} laporan belum tercatat di SP4N-LAPOR!`;
	if (quiet > 0) return `${quiet} penerusan tanpa kabar dari SP4N-LAPOR!`;
	return groups.waiting ? 'Penerusan ke SP4N-LAPOR!' : undefined;
}

function part(title: string, lines: readonly string[], page: string, { origin }: DigestReader): string {
	return [title, ...lines, `${origin}${page}`].join('\n');
}

function haltPart({ at, reason }: Halt, reader: DigestReader): string {
	const lines = [
		`Sebab: ${forwardReason(reason.code)}`,
		'Tidak ada laporan yang hilang: semua menunggu. Administrator perlu memeriksa pengaturan, lalu menekan “Coba sambungan”.'
	];
	return part(`SAMBUNGAN DIHENTIKAN sejak ${formatDateTime(at, reader.zone, 'id')}`, lines, LIST, reader);
}

function groupPart(group: DigestGroup, list: DigestList, halt: Halt | undefined, reader: DigestReader): string {
	const { count, oldest, nextTry, rows } = list;
	const held = halt !== undefined && (group === 'waiting' || group === 'stuck');
	const tried = !held && nextTry && (group === 'waiting' || group === 'stuck');
	const more = count - rows.length;
	return part(
		`${titleOf(group)}: ${count}, ${oldestInWords(oldest, reader)}`,
		[
			...rows.map((row) => rowLine(row, held, reader)),
			...(more > 0 ? [`- dan ${more} lainnya`] : []),
			...(tried ? [`Dicoba lagi: ${formatDateTime(nextTry < reader.at ? reader.at : nextTry, reader.zone, 'id')}`] : [])
		],
		pageOf(group),
		reader
	);
}

function rowLine({ id, reference, reason, task }: DigestRow, held: boolean, { origin }: DigestReader): string {
	const code = held && reason !== 'processing_restricted' ? 'connection_halted' : reason;
	const why = task ? forwardTask(task) : code && forwardReason(code);
	return `- ${reference}${why ? `: ${why}` : ''}\n${origin}/desk/escalations/${id}`;
}

function unrecordedPart({ count, oldest }: DigestFacts['unrecorded'], reader: DigestReader): string {
	const since = oldest ? `, ${oldestInWords(oldest, reader)}` : '';
	return part(`Belum tercatat di SP4N-LAPOR!: ${count}${since}`, [], UNRECORDED_PAGE, reader);
}

const oldestInWords = (oldest: Date, { at, zone }: DigestReader): string =>
	`paling lama sejak ${formatDateTime(oldest, zone, 'id')} (${ageInWords(oldest, at, zone)})`;

/** How long ago, roughly: `3 hari`, `5 jam`. Days are counted from date to date, as on the pages of the desk. */
function ageInWords(since: Date, at: Date, zone: string): string {
	const hours = Math.floor((at.getTime() - since.getTime()) / HOUR_MS);
	if (hours < 1) return 'kurang dari satu jam';
	return hours < 24 ? `${hours} jam` : `${daysBetween(localDate(since, zone), localDate(at, zone))} hari`;
}
