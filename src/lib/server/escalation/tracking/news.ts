import { createHash } from 'node:crypto';
import { now } from '#lib/server/clock.ts';
import { at as valueAt, listAt } from '#lib/server/integrations/lapor/foreign-text.ts';
import { followupRows, readDetail, readFollowups, type Followup } from '#lib/server/integrations/lapor/tracking.ts';

/** One thing LAPOR says of a report, with the row it stood in. */
export interface NewsItem {
	/** Its id there, or a hash of time and words where it has none: the same news comes with every answer. */
	key: string;
	kind: 'followup' | 'log';
	/** Undefined if LAPOR gave no time that can be read. */
	at: Date | undefined;
	content: string;
	author: string | undefined;
	statusName: string | undefined;
	remoteId: string | undefined;
	attachments: readonly { name: string; url?: string }[];
	raw: unknown;
}

/** The status a report has now. Its note is the newest log's, which may be older than the status itself. */
export interface StatusSeen {
	name: string;
	/** The time of the newest word about it. */
	at: Date | undefined;
	note: string;
	/** The key of the log it stands in. */
	noteKey: string | undefined;
	raw: unknown;
}

/** What two answers of one poll say. */
export interface News {
	items: NewsItem[];
	status: StatusSeen | undefined;
}

/** Longer ids and names are stored as a hash, and cut: an index takes no texts of any length. */
const ID_CHARACTERS = 200;
/** No half of a pair at its end: the database takes none. */
const cut = (name: string) => name.slice(0, ID_CHARACTERS).toWellFormed();
const DAY_MS = 24 * 3_600_000;

/** A time that lies ahead is a slip of somebody's hand: taken as it stands, nothing that comes later would be news. */
const sensible = (at: Date | undefined): Date | undefined =>
	at && at.getTime() > now().getTime() + DAY_MS ? undefined : at;

const hash = (kind: string, at: Date | undefined, words: string) =>
	`${kind}:${createHash('sha256')
		.update(`${at?.toISOString() ?? ''}\n${words}`)
		.digest('hex')
		.slice(0, 32)}`;

/**
 * Reads the answers of a poll; undefined if one of them isn't what it should be.
 *
 * @param baseUrl where LAPOR's API stands: what a path without a host is relative to
 */
export function collectNews(detailJson: unknown, followupsJson: unknown, baseUrl?: string): News | undefined {
	const detail = readDetail(detailJson);
	const followups = readFollowups(followupsJson);
	if (!detail || !followups) return undefined;
	const rawFollowups = followupRows(followupsJson) ?? [];
	const rawLogs = listAt(detailJson, 'results', 'data', 'status_logs');
	const followupItems = followups.map((followup, index) => followupItem(followup, rawFollowups[index], baseUrl));
	const statusLogs = detail.statusLogs.map((log, index) =>
		logItem(hash('s', log.at, log.note), log.at, log.note, undefined, rawLogs[index] ?? log)
	);
	const dataLogs = detail.dataLogs.map((log) =>
		logItem(hash('l', log.at, log.content), log.at, log.content, log.institutionFrom, log)
	);
	return {
		items: [...followupItems, ...statusLogs, ...dataLogs].filter(firstOfItsKey),
		status: detail.statusName
			? statusOf(cut(detail.statusName), statusLogs, followupItems, valueAt(detailJson, 'results', 'data'))
			: undefined
	};
}

const firstOfItsKey = (item: NewsItem, index: number, all: readonly NewsItem[]) =>
	all.findIndex(({ key }) => key === item.key) === index;

function followupItem(followup: Followup, raw: unknown, baseUrl: string | undefined): NewsItem {
	const { id, at, content, institutionFrom, statusNew, attachments } = followup;
	return {
		key: id === undefined || id.length > ID_CHARACTERS ? hash('f', at, id ?? content) : `f:${id}`,
		kind: 'followup',
		at: sensible(at),
		content,
		author: institutionFrom,
		statusName: statusNew === undefined ? undefined : cut(statusNew),
		remoteId: id,
		// Where no link can be made of it, the name still says that there is a file.
		attachments: attachments.map(({ path, fileName }) => {
			const url = fileLink(path, baseUrl);
			return { name: fileName, ...(url ? { url } : {}) };
		}),
		raw
	};
}

/** A link that may be followed: a whole address, or a path below the host of the API and nowhere else; http(s) only. */
export function fileLink(path: string, baseUrl: string | undefined): string | undefined {
	const whole = /^https?:\/\//i.test(path);
	if (!whole && !path.startsWith('/')) return undefined;
	const base = baseUrl && URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined;
	const parsed = URL.parse(path, base);
	if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
		return undefined;
	return whole || parsed.origin === base ? parsed.href : undefined;
}

const logItem = (
	key: string,
	at: Date | undefined,
	content: string,
	author: string | undefined,
	raw: unknown
): NewsItem => ({
	key,
	kind: 'log',
	at: sensible(at),
	content,
	author,
	statusName: undefined,
	remoteId: undefined,
	attachments: [],
	raw
});

/** LAPOR gives the present status no time of its own: it is as new as the newest log or status-bearing follow-up. */
function statusOf(name: string, logs: readonly NewsItem[], followups: readonly NewsItem[], raw: unknown): StatusSeen {
	const moving = followups.filter((item) => item.statusName !== undefined);
	const log = latest(logs);
	return { name, at: latest([...logs, ...moving])?.at, note: log?.content ?? '', noteKey: log?.key, raw };
}

/** The newest of those that have a time; of two at one time the later in the list. */
const latest = (items: readonly NewsItem[]): NewsItem | undefined =>
	items
		.filter((item) => item.at)
		.reduce<NewsItem | undefined>((best, item) => (best?.at && item.at && best.at > item.at ? best : item), undefined);

/** Words that systems put around a status when nobody wrote anything. */
const FILLERS =
	/\b(status|laporan|menjadi|diubah|mengubah|berubah|telah|sudah|ke|dari|oleh|admin|sistem|otomatis|sp4n|lapor)\b/g;
const SAYS_SOMETHING = 12;

/** Whether a note that stands beside a status says more than the status does: only then is it an institution's text. */
export function saysMoreThan(name: string, note: string): boolean {
	const words = note.toLowerCase().replaceAll(name.toLowerCase(), ' ').replace(FILLERS, ' ');
	return words.replace(/[^\p{L}\d]+/gu, '').length >= SAYS_SOMETHING;
}
