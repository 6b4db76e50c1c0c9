import { ageInWords, momentInWords } from '#lib/server/channels/letter-words.ts';
import type { Halt } from './connection/connection.ts';
import { DIGEST_GROUPS, type DigestFacts, type DigestGroup, type DigestList, type DigestRow } from './digest-facts.ts';
import { reasonInWords, stateInWords, taskInWords } from './letter-words.ts';

interface Reader {
	/** The zone of the reader's office. */
	zone: string;
	at: Date;
	/** The site's address, without a slash at the end. */
	origin: string;
}

const LIST = '/desk/escalations';
const PAGES: Record<DigestGroup, string> = {
	unknown: `${LIST}?state=unknown`,
	rejected: `${LIST}?state=rejected`,
	stuck: `${LIST}?state=stuck`,
	task: `${LIST}?view=todo`,
	copy: `${LIST}?view=todo`,
	waiting: `${LIST}?state=waiting`
};
const QUIET_PAGE = `${LIST}?view=quiet`;
const UNRECORDED_PAGE = '/desk/unrecorded';

const TITLES: Partial<Record<DigestGroup, string>> = {
	task: 'Perlu dikerjakan karena kabar dari SP4N-LAPOR!',
	copy: 'Menunggu disalin ke lapor.go.id'
};

/** Groups in which nothing goes on before a person acts. */
const FOR_PEOPLE: readonly DigestGroup[] = ['unknown', 'rejected', 'stuck', 'task', 'copy'];

/** What the morning's letter says of forwarding, paragraph by paragraph; none where there is nothing to tell. */
export function forwardingParts(facts: DigestFacts, reader: Reader): string[] {
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

/** The gravest of it in a few words; undefined if there is nothing to tell. */
export function forwardingSubject({ halt, groups, unrecorded, quiet }: DigestFacts): string | undefined {
	if (halt) return 'Penerusan ke SP4N-LAPOR! berhenti';
	const owed = FOR_PEOPLE.reduce((sum, group) => sum + (groups[group]?.count ?? 0), 0);
	if (owed > 0) return `${owed} penerusan ke SP4N-LAPOR! menunggu tindakan`;
	if (unrecorded.count > 0) return `${unrecorded.count} laporan belum tercatat di SP4N-LAPOR!`;
	if (quiet > 0) return `${quiet} penerusan tanpa kabar dari SP4N-LAPOR!`;
	return groups.waiting ? 'Penerusan ke SP4N-LAPOR!' : undefined;
}

function part(title: string, lines: readonly string[], page: string, { origin }: Reader): string {
	return [title, ...lines, `${origin}${page}`].join('\n');
}

function haltPart({ at, reason }: Halt, reader: Reader): string {
	const lines = [
		`Sebab: ${reasonInWords(reason.code)}`,
		'Tidak ada laporan yang hilang: semua menunggu. Pengelola perlu memeriksa pengaturan, lalu menjalankan panggilan uji.'
	];
	return part(`SAMBUNGAN DIHENTIKAN sejak ${momentInWords(at, reader.zone)}`, lines, LIST, reader);
}

function groupPart(group: DigestGroup, list: DigestList, halt: Halt | undefined, reader: Reader): string {
	const { count, oldest, nextTry, rows } = list;
	const held = halt !== undefined && (group === 'waiting' || group === 'stuck');
	const tried = !held && nextTry && (group === 'waiting' || group === 'stuck');
	const more = count - rows.length;
	return part(
		`${TITLES[group] ?? stateInWords(group)}: ${count}, ${oldestInWords(oldest, reader)}`,
		[
			...rows.map((row) => rowLine(row, held)),
			...(more > 0 ? [`- dan ${more} lainnya`] : []),
			...(tried ? [`Dicoba lagi: ${momentInWords(nextTry < reader.at ? reader.at : nextTry, reader.zone)}`] : [])
		],
		PAGES[group],
		reader
	);
}

function rowLine({ reference, reason, task }: DigestRow, held: boolean): string {
	const code = held ? 'connection_halted' : reason;
	const why = task ? taskInWords(task) : code && reasonInWords(code);
	return why ? `- ${reference}: ${why}` : `- ${reference}`;
}

function unrecordedPart({ count, oldest }: DigestFacts['unrecorded'], reader: Reader): string {
	const since = oldest ? `, ${oldestInWords(oldest, reader)}` : '';
	return part(`Belum tercatat di SP4N-LAPOR!: ${count}${since}`, [], UNRECORDED_PAGE, reader);
}

const oldestInWords = (oldest: Date, { at, zone }: Reader): string =>
	`paling lama sejak ${momentInWords(oldest, zone)} (${ageInWords(oldest, at)})`;
