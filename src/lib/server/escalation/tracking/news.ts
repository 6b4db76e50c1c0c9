import { createHash } from 'node:crypto';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { firstCharacters } from '#lib/text/cut-text.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import {
	fillPlaceholders,
	MOST_ROWS,
	UNNAMED,
	withoutHtml,
	type ComplaintDetail,
	type Followup,
	type Log
} from '#lib/server/integrations/lapor/tracking.ts';
import type { FollowupRow } from '../followups/followups.ts';
import { isSameStatus, LAPOR_STATUS_NAMES } from './lapor-status.ts';

export interface NewsItem {
	/** The item's id at LAPOR, or a hash of time and text. It recognises known items, because every response repeats all items. */
	key: string;
	kind: 'followup' | 'log';
	at: Date | undefined;
	content: string;
	author: string | undefined;
	statusName: string | undefined;
	/** Whether LAPOR says that the report had this status before the item. */
	keepsStatus: boolean;
	/** Whether LAPOR's system wrote the text, so that it is no answer of an institution. */
	bySystem: boolean;
	remoteId: string | undefined;
	attachments: readonly { name: string; url?: string }[];
	raw: unknown;
	/** Whether LAPOR changed the text of this follow-up after its first text was stored. */
	isChanged?: boolean;
}

/** The present status of a report. The note is from the newest log, which may be older than the status. */
export interface StatusSeen {
	name: string;
	at: Date | undefined;
	/** The key of the item that gives the time. */
	key: string | undefined;
	note: string;
	noteKey: string | undefined;
	/** Whether the note may be about another status. */
	isNoteDoubtful?: boolean;
	/** The logs without a time, whose order is unknown. */
	undatedLogs: readonly NewsItem[];
	/** The name of the institution that has the report. */
	institution?: string | undefined;
	institutionId?: string | undefined;
	raw: unknown;
	/** Whether follow-ups are missing, because LAPOR says that there are more but does not return them. */
	followupsMissing?: boolean;
}

export interface News {
	items: NewsItem[];
	status: StatusSeen | undefined;
}

/** Longer ids are stored as a hash and longer names are cut, because an index limits the length of texts. */
const ID_CHARACTERS = 200;
const cut = (name: string) => firstCharacters(name, ID_CHARACTERS);

/**
 * Corrects a time in the future, because no later status would count as newer. Within a day, the clock or the zone of LAPOR
 * is wrong, and the present time counts. A later time is a mistake and is ignored.
 */
function notInFuture(at: Date | undefined): Date | undefined {
	if (!at || at <= now()) return at;
	return at > fromNow(DAY_MS) ? undefined : now();
}

/** An unreadable time counts if it has a year or date in digits. Others, such as "2 jam yang lalu", change with each response. */
const FIXED_TIME = /\d{4}|\d[-/]\d/;

function hash(kind: string, { at, time = '' }: Pick<Log, 'at' | 'time'>, words: string): string {
	const written = FIXED_TIME.test(time) ? time : '';
	const digest = createHash('sha256').update(`${at?.toISOString() ?? written}\n${words}`);
	return `${kind}:${digest.digest('hex').slice(0, 32)}`;
}

/** Identifies a follow-up by its time, author and text, if LAPOR's ids change. */
export const contentKey = (followup: Log): string =>
	hash('f', followup, `${followup.author ?? ''}\n${followup.content}`);

/**
 * Collects the news from the two responses of a poll. Of very long lists, the oldest items are left out.
 *
 * @param baseUrl address of LAPOR's API, for file paths without a host
 */
export function collectNews(detail: ComplaintDetail, followups: readonly Followup[], baseUrl?: string): News {
	const followupItems = withOwnIds(oldestFirst(followups)).map((followup) => followupItem(followup, baseUrl));
	const statusLogs = oldestFirst(detail.statusLogs).map((log) => logItem('s', log));
	const items = [...followupItems, ...statusLogs, ...oldestFirst(detail.dataLogs).map((log) => logItem('l', log))];
	const status = detail.statusName && statusOf(cut(detail.statusName), statusLogs, followupItems, detail);
	const { institution, institutionId } = detail;
	const keys = new Set<string>();
	return {
		items: items.filter(({ key }) => keys.size < keys.add(key).size),
		status: status
			? { ...status, institution, institutionId, followupsMissing: followups.length > MOST_ROWS }
			: undefined
	};
}

/**
 * The newest items, sorted by LAPOR's own times, because `notInFuture` would give the same time to all in the future. Items
 * without a time are sorted by their ids.
 */
const oldestFirst = <T extends Log & { id?: string | undefined }>(logs: readonly T[]): T[] =>
	(directionOf(logs) < 0 ? logs.toReversed() : logs)
		.toSorted((a, b) => Number(a.at ?? 0) - Number(b.at ?? 0) || (a.at ? 0 : Number(a.id) - Number(b.id) || 0))
		.slice(-MOST_ROWS);

/** The order of a list, which is also that of items of the same second: 1 oldest first, -1 newest first, 0 unknown. */
function directionOf(logs: readonly Log[]): number {
	const times = logs.flatMap(({ at }) => at?.getTime() ?? []);
	return Math.sign((times.at(-1) ?? 0) - (times[0] ?? 0));
}

/** Removes an id that repeats with another text, because it would hide the second text. */
function withOwnIds(followups: readonly Followup[]): Followup[] {
	const texts = new Map<string, string>();
	return followups.map((followup) => {
		const { id = '', content } = followup;
		if (!texts.has(id)) texts.set(id, content);
		return texts.get(id) === content ? followup : { ...followup, id: undefined };
	});
}

function followupItem(followup: Followup, baseUrl: string | undefined): NewsItem {
	const { id, at, content, author, statusOld, statusNew, attachments, raw } = followup;
	return {
		key: id === undefined || id.length > ID_CHARACTERS ? hash('f', followup, id ?? content) : `f:${id}`,
		kind: 'followup',
		at: notInFuture(at),
		content,
		author,
		statusName: statusNew === undefined ? undefined : cut(statusNew),
		keepsStatus: statusOld !== undefined && statusNew !== undefined && isSameStatus(statusOld, statusNew),
		bySystem: isBySystem(followup),
		remoteId: id,
		// The name is also kept without a link, so that the reader knows about the file.
		attachments: attachments.map(({ path, fileName }) => ({ name: fileName, url: fileLink(path, baseUrl) })),
		raw
	};
}

/**
 * Whether a follow-up is a sentence of LAPOR's system: it has placeholders, and the rest says no more than its new status.
 * Without a new status, no text with placeholders is taken for a person's answer.
 */
export function isBySystem({ unfilled = '', statusNew }: Pick<Followup, 'unfilled' | 'statusNew'>): boolean {
	const words = fillPlaceholders(unfilled, {});
	return words !== unfilled && !(statusNew && saysMoreThan(statusNew, words));
}

const logItem = (prefix: 's' | 'l', log: Log): NewsItem => ({
	// The values of placeholders in status logs come from outside the log and can change.
	key: hash(prefix, log, log.unfilled ?? log.content),
	kind: 'log',
	at: notInFuture(log.at),
	content: log.content,
	author: log.author,
	statusName: undefined,
	keepsStatus: false,
	bySystem: false,
	remoteId: undefined,
	attachments: [],
	raw: log.raw
});

/** LAPOR's file host is not documented, so every host of the government may be it. */
const GOVERNMENT = /\.go\.id$/;

/** A safe link: a URL of a government host, or of the API's host, or a path there; undefined for anything else. */
export function fileLink(path: string, baseUrl: string | undefined): string | undefined {
	const isWholeUrl = /^https?:\/\//i.test(path);
	if (!isWholeUrl && !path.startsWith('/')) return undefined;
	const base = baseUrl && URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined;
	const parsed = URL.parse(path, base);
	if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
		return undefined;
	return GOVERNMENT.test(parsed.hostname) || parsed.origin === base ? parsed.href : undefined;
}

/** The present status. LAPOR gives it no time, so it gets the time of the newest log or follow-up with a status. */
function statusOf(
	name: string,
	logs: readonly NewsItem[],
	followups: readonly NewsItem[],
	{ statusLogs, raw }: ComplaintDetail
): StatusSeen {
	const moving = followups.filter((item) => item.statusName !== undefined);
	const log = latest(logs);
	const newest = latest([...logs, ...moving]);
	const undatedLogs = logs.filter((item) => !item.at);
	const time = Number(log?.at);
	const isOfOther = moving.some(
		({ statusName = '', at, content }) =>
			!isSameStatus(name, statusName) && (Number(at) > time || (content !== '' && content === log?.content))
	);
	const isLastUnknown =
		directionOf(statusLogs) === 0 &&
		logs.some(({ at, content }) => Number(at) === time && content !== log?.content && saysMoreThan(name, content));
	return {
		name,
		at: newest?.at,
		key: newest?.key,
		note: log?.content ?? '',
		noteKey: log?.key,
		undatedLogs,
		raw,
		isNoteDoubtful: isOfOther || isLastUnknown
	};
}

/** The newest item with a time; of several with the same time, the last in the list. */
const latest = (items: readonly NewsItem[]): NewsItem | undefined =>
	items
		.filter((item) => item.at)
		.sort((a, b) => Number(a.at) - Number(b.at))
		.at(-1);

/** Words in notes that a system wrote. */
const FILLERS =
	/\b(status|laporan|menjadi|diubah|mengubah|berubah|telah|sudah|ke|dari|oleh|admin|sistem|otomatis|sp4n|lapor)\b/g;
/** Further words of LAPOR's own closing sentences, which are also words of an answer: "Sudah ditindaklanjuti Dinas PUPR". */
const CLOSING_WORDS = /\b(ditindaklanjuti|diproses|ditutup|setelah|hari|instansi|terkait)\b/g;
const MIN_NOTE_CHARACTERS = 12;
/** "Anda", "kerja" or "dan" beside the closing words is no answer. */
const MIN_OWN_CHARACTERS = 9;

/**
 * Whether a note says more than the name of its status. Only then it is a text of the institution.
 *
 * @param institutions names that say nothing either, because LAPOR's sentences contain them
 */
export function saysMoreThan(name: string, note: string, institutions: readonly (string | undefined)[] = []): boolean {
	const names = [name, ...LAPOR_STATUS_NAMES, UNNAMED, ...institutions].filter((one) => one !== undefined);
	const rest = names.reduce((text, one) => text.replaceAll(one.toLowerCase(), ' '), note.toLowerCase());
	const words = rest.replace(FILLERS, ' ');
	const length = (text: string) => text.replace(/[^\p{L}\d]+/gu, '').length;
	return length(words) >= MIN_NOTE_CHARACTERS && length(words.replace(CLOSING_WORDS, ' ')) >= MIN_OWN_CHARACTERS;
}

/** The letters and digits of a text, because LAPOR may return our text as HTML or with other spaces. */
export const lettersOf = (text: string) => withoutHtml(text).replace(/[^\p{L}\d]+/gu, '') || text.trim();

/**
 * If this many letters agree, we take a text that LAPOR cut or signed for our own. With fewer, a text of somebody else
 * could begin alike.
 */
const MIN_OWN_LETTERS = 40;
/** Letters of a signature. More may be the reply of an institution that quotes our text. */
const SIGNATURE_LETTERS = 100;

/** Whether LAPOR cut our text, or added a signature to it. */
function isCutOrSigned(own: string, there: string): boolean {
	if (Math.min(own.length, there.length) < MIN_OWN_LETTERS) return false;
	return own.startsWith(there) || (there.startsWith(own) && there.length - own.length <= SIGNATURE_LETTERS);
}

/**
 * Finds our own follow-ups among the items of a report, by id or else by text, which LAPOR may have cut or signed. Each of
 * our rows matches one item. Of rows with the same text, a sent one matches first.
 *
 * @param startedFollowups our rows that may be at LAPOR
 */
export function matchOwnFollowups(
	items: readonly NewsItem[],
	startedFollowups: readonly FollowupRow[]
): Map<NewsItem, FollowupRow> {
	const pairs = new Map<NewsItem, FollowupRow>();
	const followups = items.filter(({ kind }) => kind === 'followup');
	const unmatched = new Set([...startedFollowups.filter(({ state }) => state === 'sent'), ...startedFollowups]);
	const pair = (item: NewsItem, isOwn: (ownRow: FollowupRow) => boolean) => {
		const ownRow = pairs.has(item) ? undefined : [...unmatched].find(isOwn);
		if (!ownRow) return;
		pairs.set(item, ownRow);
		unmatched.delete(ownRow);
	};
	for (const item of followups) pair(item, ({ remoteId }) => remoteId !== null && remoteId === item.remoteId);
	const ownLetters = new Map(startedFollowups.map((ownRow) => [ownRow, lettersOf(ownRow.content)]));
	const pairByText = (isSame: (own: string, there: string, ownRow: FollowupRow) => boolean) => {
		for (const item of followups) {
			const there = unmatched.size > 0 && !pairs.has(item) ? lettersOf(item.content) : '';
			pair(item, (ownRow) => isSame(ownLetters.get(ownRow) ?? '', there, ownRow));
		}
	};
	pairByText((own, there) => own === there);
	pairByText((own, there, { remoteId }) => remoteId === null && isCutOrSigned(own, there));
	return pairs;
}
